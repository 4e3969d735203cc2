#include "dataloader/cohort/identity_check.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/missing.h"
#include "common/text_identity.h"

namespace gyrus {
namespace {

// Returns the text after the first '/', because keys are COHORT/NAME and ids are
// COHORT/SUBJECT/SESSION.
absl::string_view AfterSlash(absl::string_view key) { return key.substr(key.find('/') + 1); }

}  // namespace

void IdentityCheck::Add(const v1::Sample& sample) {
  const absl::string_view id = sample.id();
  Note("subject", "", AfterSlash(sample.subject_key()), sample.line());
  Note("session", sample.subject_key(), id.substr(sample.subject_key().size() + 1), sample.line());
  Note("site", "", sample.site(), sample.line());
  if (!sample.family_key().empty()) {
    Note("family", "", AfterSlash(sample.family_key()), sample.line());
  }
  for (const auto& [column, text] : sample.texts()) {
    Note(absl::StrCat("column ", column), "", text, sample.line());
  }
}

void IdentityCheck::Note(const std::string& column, const std::string& scope,
                         absl::string_view name, uint32_t line) {
  if (IsMissing(name)) return;
  Column& noted = columns_[column];
  const std::optional<LookAlikes::Text> first = noted.by_scope[scope].Add(name, line);
  if (!first.has_value()) return;
  // The message shows the first pair and the number of others.
  if (!noted.problem.empty()) {
    ++noted.more;
    return;
  }
  noted.line = line;
  noted.problem = absl::StrCat(column, " ", Quoted(name), " and ", Quoted(first->text), " of line ",
                               first->line,
                               " look alike but are two texts; write them the same way if they "
                               "mean one thing, else so that they differ clearly");
}

std::vector<std::string> IdentityCheck::Problems(absl::string_view file) const {
  std::vector<std::string> problems;
  for (const auto& [name, column] : columns_) {
    if (column.problem.empty()) continue;
    problems.push_back(absl::StrCat(file, ":", column.line, ": ", column.problem));
    if (column.more > 0) {
      absl::StrAppend(&problems.back(), " (and ", column.more, " more such texts)");
    }
  }
  return problems;
}

}  // namespace gyrus

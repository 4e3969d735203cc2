#include "dataloader/cohort/manifest.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/missing.h"
#include "common/reason/reason.h"
#include "common/status.h"
#include "dataloader/cohort/delimited_text.h"

namespace gyrus {
namespace {

// Columns that are taken for a role when the experiment names none.
const std::map<std::string, std::vector<std::string>>& UsualColumns() {
  static const auto* const usual = new std::map<std::string, std::vector<std::string>>{
      {"subject", {"subject", "subject_id", "participant_id"}},
      {"session", {"session", "session_id", "visit"}},
      {"site", {"site"}},
      {"family", {"family", "family_id"}},
  };
  return *usual;
}

absl::Status NoSuchColumn(absl::string_view file, absl::string_view column, absl::string_view why,
                          const std::vector<std::string>& header) {
  return absl::InvalidArgumentError(absl::StrCat(file, ":1: there is no column '", column, "' ",
                                                 why, "; there are ", absl::StrJoin(header, ", ")));
}

// Turns rows into samples.
class Reader {
 public:
  Reader(const v1::AdmitRequest& request, const DelimitedText& table, absl::string_view file)
      : request_(request), cohort_(request.cohort()), table_(table), file_(file) {}

  absl::Status FindColumns() {
    for (const auto& [role, usual] : UsualColumns()) {
      GYRUS_RETURN_IF_ERROR(FindRole(role, usual));
    }
    if (!roles_.contains("subject")) {
      return NoSuchColumn(file_, "subject_id", "for the subject (columns: {subject: ...} names it)",
                          table_.header);
    }
    for (const std::string& name : request_.numeric_columns()) {
      GYRUS_ASSIGN_OR_RETURN(numeric_[name], Find(name, "that the experiment asks for"));
    }
    for (const std::string& name : request_.optional_numeric_columns()) {
      GYRUS_ASSIGN_OR_RETURN(optional_numeric_[name], Find(name, "that the experiment asks for"));
    }
    for (const std::string& name : request_.text_columns()) {
      GYRUS_ASSIGN_OR_RETURN(text_[name], Find(name, "that the experiment asks for"));
    }
    for (const std::string& channel : request_.channels()) {
      const auto pattern = cohort_.images().find(channel);
      patterns_[channel] =
          pattern != cohort_.images().end() ? pattern->second : absl::StrCat("{", channel, "}");
      const auto filled = Fill(patterns_[channel], nullptr);
      if (!filled.ok()) return Annotate(filled.status(), absl::StrCat("channel ", channel));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<v1::Sample> ReadRow(const DelimitedText::Row& row) const {
    v1::Sample sample;
    sample.set_line(row.line);
    const std::string subject = Role(row, "subject");
    std::string session = Role(row, "session");
    if (session.empty()) session = "1";
    GYRUS_RETURN_IF_ERROR(CheckName(row, "subject", subject));
    GYRUS_RETURN_IF_ERROR(CheckName(row, "session", session));
    sample.set_subject_key(absl::StrCat(cohort_.name(), "/", subject));
    sample.set_id(absl::StrCat(sample.subject_key(), "/", session));
    if (const std::string site = Role(row, "site"); !IsMissing(site)) sample.set_site(site);
    if (const std::string family = Role(row, "family"); !IsMissing(family)) {
      sample.set_family_key(absl::StrCat(cohort_.name(), "/", family));
    }
    for (const auto& [name, column] : numeric_) {
      GYRUS_ASSIGN_OR_RETURN((*sample.mutable_numbers())[name], Number(row, column));
    }
    for (const auto& [name, column] : optional_numeric_) {
      if (IsMissing(row.cells[column])) continue;
      GYRUS_ASSIGN_OR_RETURN((*sample.mutable_numbers())[name], Number(row, column));
    }
    for (const auto& [name, column] : text_) (*sample.mutable_texts())[name] = row.cells[column];
    for (const auto& [channel, pattern] : patterns_) {
      v1::Image& image = *sample.add_images();
      image.set_channel(channel);
      GYRUS_ASSIGN_OR_RETURN(*image.mutable_path(), Fill(pattern, &row));
      if (image.path().empty()) return Bad(row, absl::StrCat("no path for channel ", channel));
    }
    return sample;
  }

 private:
  absl::Status FindRole(const std::string& role, const std::vector<std::string>& usual) {
    const auto mapped = cohort_.columns().find(role);
    if (mapped != cohort_.columns().end()) {
      const auto index = IndexOf(mapped->second);
      if (!index.has_value()) {
        return NoSuchColumn(file_, mapped->second, absl::StrCat("for the ", role), table_.header);
      }
      roles_[role] = *index;
      return absl::OkStatus();
    }
    for (const std::string& name : usual) {
      if (const auto index = IndexOf(name); index.has_value()) {
        roles_[role] = *index;
        break;
      }
    }
    return absl::OkStatus();
  }

  std::optional<size_t> IndexOf(absl::string_view column) const {
    const auto it = std::find(table_.header.begin(), table_.header.end(), column);
    if (it == table_.header.end()) return std::nullopt;
    return it - table_.header.begin();
  }

  // The column behind a name: one that the experiment maps, or the manifest's.
  absl::StatusOr<size_t> Find(const std::string& name, absl::string_view why) const {
    const auto mapped = cohort_.columns().find(name);
    const std::string& column = mapped == cohort_.columns().end() ? name : mapped->second;
    if (const auto index = IndexOf(column); index.has_value()) return *index;
    if (const auto role = roles_.find(name); role != roles_.end()) return role->second;
    return NoSuchColumn(file_, column, why, table_.header);
  }

  std::string Role(const DelimitedText::Row& row, const std::string& role) const {
    const auto column = roles_.find(role);
    return column == roles_.end() ? "" : row.cells[column->second];
  }

  absl::Status Bad(const DelimitedText::Row& row, absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(file_, ":", row.line, ": ", what));
  }

  absl::Status CheckName(const DelimitedText::Row& row, absl::string_view role,
                         absl::string_view name) const {
    if (name.empty()) return Bad(row, absl::StrCat("the ", role, " is empty"));
    for (const unsigned char c : name) {
      if (c <= ' ' || c == '/' || c == 0x7f || name.size() > 128) {
        return Bad(row, absl::StrCat("the ", role,
                                     " must be at most 128 characters without blank or '/'"));
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<double> Number(const DelimitedText::Row& row, size_t column) const {
    const std::string& text = row.cells[column];
    double value = 0;
    if (absl::SimpleAtod(text, &value) && std::isfinite(value)) return value;
    return Bad(row, absl::StrCat("column ", table_.header[column], ": '", text, "' is no number",
                                 absl::StrContains(text, ',') ? " (write a decimal point)" : ""));
  }

  // Replaces {column} by the row's cell. Without a row, only looks the columns up.
  absl::StatusOr<std::string> Fill(absl::string_view pattern, const DelimitedText::Row* row) const {
    std::string filled;
    while (true) {
      const size_t open = pattern.find('{');
      if (open == absl::string_view::npos) return absl::StrCat(filled, pattern);
      const size_t close = pattern.find('}', open);
      if (close == absl::string_view::npos) {
        return absl::InvalidArgumentError(absl::StrCat("'", pattern, "' has a { without a }"));
      }
      const std::string name(pattern.substr(open + 1, close - open - 1));
      GYRUS_ASSIGN_OR_RETURN(const size_t column, Find(name, "for the image path"));
      absl::StrAppend(&filled, pattern.substr(0, open), row == nullptr ? "" : row->cells[column]);
      pattern.remove_prefix(close + 1);
    }
  }

  const v1::AdmitRequest& request_;
  const v1::Cohort& cohort_;
  const DelimitedText& table_;
  const absl::string_view file_;
  std::map<std::string, size_t> roles_;
  std::map<std::string, size_t> numeric_;
  std::map<std::string, size_t> optional_numeric_;
  std::map<std::string, size_t> text_;
  std::map<std::string, std::string> patterns_;
};

}  // namespace

absl::StatusOr<Manifest> ReadManifest(const v1::AdmitRequest& request, absl::string_view text,
                                      absl::string_view file) {
  GYRUS_ASSIGN_OR_RETURN(const DelimitedText table, ParseDelimitedText(text, file));
  Reader reader(request, table, file);
  GYRUS_RETURN_IF_ERROR(reader.FindColumns());
  Manifest manifest;
  const auto refuse = [&manifest](absl::string_view why) {
    manifest.reasons.push_back(MakeReason(v1::REASON_CODE_BAD_DATA, why));
  };
  std::map<std::string, uint32_t> lines;
  for (const DelimitedText::Row& row : table.rows) {
    absl::StatusOr<v1::Sample> sample = reader.ReadRow(row);
    if (!sample.ok()) {
      refuse(sample.status().message());
      continue;
    }
    const auto [first, fresh] = lines.emplace(sample->id(), row.line);
    if (!fresh) {
      refuse(absl::StrCat(file, ":", row.line, ": the same subject and session as line ",
                          first->second));
      continue;
    }
    manifest.samples.push_back(*std::move(sample));
  }
  if (table.rows.empty()) refuse(absl::StrCat(file, ": has no rows"));
  return manifest;
}

}  // namespace gyrus

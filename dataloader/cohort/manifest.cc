#include "dataloader/cohort/manifest.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/missing.h"
#include "common/reason/reason.h"
#include "common/status.h"
#include "common/text_identity.h"
#include "dataloader/cohort/delimited_text.h"
#include "dataloader/cohort/identity_check.h"

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

// The first columns of a table that may have thousands.
std::string ListOfColumns(const std::vector<std::string>& header) {
  constexpr size_t kListed = 20;
  std::vector<std::string> listed;
  for (const std::string& column : header) {
    if (!column.empty()) listed.push_back(column.size() > 60 ? Quoted(column) : column);
  }
  const size_t more = listed.size() > kListed ? listed.size() - kListed : 0;
  listed.resize(listed.size() - more);
  return absl::StrCat("there are ", absl::StrJoin(listed, ", "),
                      more > 0 ? absl::StrCat(" and ", more, " more") : "");
}

absl::Status NoSuchColumn(absl::string_view file, absl::string_view column, absl::string_view why,
                          const std::vector<std::string>& header) {
  const auto alike = std::find_if(header.begin(), header.end(), [&](const std::string& name) {
    return LookOf(name) == LookOf(column);
  });
  return absl::InvalidArgumentError(
      absl::StrCat(file, ":1: there is no column ", Quoted(column), " ", why, "; ",
                   alike != header.end() ? absl::StrCat("did you mean ", Quoted(*alike), "?")
                                         : ListOfColumns(header)));
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
      // Checks that the pattern names only existing columns, once and not for each row.
      const auto filled = Fill(patterns_[channel], nullptr);
      if (!filled.ok()) return Annotate(filled.status(), absl::StrCat("channel ", channel));
    }
    return Annotate(Fill(cohort_.mask(), nullptr).status(), "mask");
  }

  absl::StatusOr<v1::Sample> ReadRow(const DelimitedText::Row& row) const {
    v1::Sample sample;
    sample.set_line(row.line);
    const std::string subject = Role(row, "subject");
    std::string session = Role(row, "session");
    if (IsMissing(session)) session = "1";
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
    for (const auto& [name, column] : text_) {
      (*sample.mutable_texts())[name] = CanonicalText(row.cells[column]);
    }
    for (const auto& [channel, pattern] : patterns_) {
      v1::Image& image = *sample.add_images();
      image.set_channel(channel);
      GYRUS_ASSIGN_OR_RETURN(*image.mutable_path(), Fill(pattern, &row));
      if (IsMissing(image.path())) return Bad(row, absl::StrCat("no path for channel ", channel));
    }
    if (!cohort_.mask().empty()) {
      v1::Image& mask = *sample.mutable_mask();
      GYRUS_ASSIGN_OR_RETURN(*mask.mutable_path(), Fill(cohort_.mask(), &row));
      if (IsMissing(mask.path())) return Bad(row, "no path for the mask");
    }
    return sample;
  }

  // A column of numbers in which the row has one with a comma: "20,5".
  std::optional<size_t> DecimalComma(const DelimitedText::Row& row) const {
    for (const auto* columns : {&numeric_, &optional_numeric_}) {
      for (const auto& [name, column] : *columns) {
        std::string text = row.cells[column];
        const size_t comma = text.find(',');
        if (comma == std::string::npos) continue;
        text[comma] = '.';
        if (double value = 0; absl::SimpleAtod(text, &value)) return column;
      }
    }
    return std::nullopt;
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
    const auto it = std::find(table_.header.begin(), table_.header.end(), CanonicalText(column));
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
    return column == roles_.end() ? "" : CanonicalText(row.cells[column->second]);
  }

  absl::Status Bad(const DelimitedText::Row& row, absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(file_, ":", row.line, ": ", what));
  }

  absl::Status CheckName(const DelimitedText::Row& row, absl::string_view role,
                         absl::string_view name) const {
    if (name.empty()) return Bad(row, absl::StrCat("the ", role, " is empty"));
    if (IsMissing(name)) {
      return Bad(row, absl::StrCat("the ", role, " is ", Quoted(name),
                                   ", which stands for a missing value"));
    }
    const auto is_refused = [](unsigned char c) { return c < ' ' || c == '/' || c == 0x7f; };
    if (name.size() > 128 || HasBlank(name) || std::any_of(name.begin(), name.end(), is_refused)) {
      return Bad(row, absl::StrCat("the ", role, " is ", Quoted(name),
                                   "; it must be at most 128 characters without blank or '/'"));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<double> Number(const DelimitedText::Row& row, size_t column) const {
    const std::string& text = row.cells[column];
    double value = 0;
    if (absl::SimpleAtod(text, &value) && std::isfinite(value)) return value;
    return Bad(row,
               absl::StrCat("column ", table_.header[column], ": ", Quoted(text), " is no number"));
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

// Rows with a decimal comma: all of a table have it when one has, so a sentence for
// each column is enough.
class DecimalCommas {
 public:
  void Add(const DelimitedText::Row& row, size_t column) {
    if (++counts_[column] == 1) first_[column] = &row;
  }

  std::vector<std::string> Problems(const DelimitedText& table, absl::string_view file) const {
    std::vector<std::string> problems;
    for (const auto& [column, row] : first_) {
      const int more = counts_.at(column) - 1;
      problems.push_back(absl::StrCat(
          file, ":", row->line, ": column ", table.header[column], ": ", Quoted(row->cells[column]),
          " is no number; write a decimal point, and nothing between thousands",
          more > 0 ? absl::StrCat(" (and ", more, " more rows have a comma)") : ""));
    }
    return problems;
  }

 private:
  std::map<size_t, int> counts_;
  std::map<size_t, const DelimitedText::Row*> first_;
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
  DecimalCommas commas;
  IdentityCheck identity;
  for (const DelimitedText::Row& row : table.rows) {
    if (const auto column = reader.DecimalComma(row); column.has_value()) {
      commas.Add(row, *column);
      continue;
    }
    absl::StatusOr<v1::Sample> sample = reader.ReadRow(row);
    if (!sample.ok()) {
      refuse(sample.status().message());
      continue;
    }
    identity.Add(*sample);
    const auto [first, fresh] = lines.emplace(sample->id(), row.line);
    if (!fresh) {
      refuse(absl::StrCat(file, ":", row.line, ": the same subject and session as line ",
                          first->second));
      continue;
    }
    manifest.samples.push_back(*std::move(sample));
  }
  for (const std::string& problem : commas.Problems(table, file)) refuse(problem);
  for (const std::string& problem : identity.Problems(file)) refuse(problem);
  if (table.rows.empty()) refuse(absl::StrCat(file, ": has no rows"));
  return manifest;
}

}  // namespace gyrus

#include "dataloader/cohort/delimited_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status.h"
#include "common/utf8.h"

namespace gyrus {
namespace {

class Parser {
 public:
  Parser(absl::string_view text, absl::string_view file) : text_(text), file_(file) {
    absl::ConsumePrefix(&text_, "\xEF\xBB\xBF");
    const absl::string_view first = text_.substr(0, text_.find('\n'));
    if (absl::StrContains(first, '\t') && !absl::StrContains(first, ',')) delimiter_ = '\t';
  }

  // The next row that is not empty; false at the end.
  absl::StatusOr<bool> NextRow(DelimitedText::Row& row) {
    while (!text_.empty()) {
      row.line = line_;
      row.cells.clear();
      GYRUS_RETURN_IF_ERROR(ReadRow(row.cells));
      if (row.cells.size() > 1 || !row.cells[0].empty()) return true;
    }
    return false;
  }

  absl::Status Error(uint32_t line, absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(file_, ":", line, ": ", what));
  }

 private:
  // Consumes one line and its line break.
  absl::Status ReadRow(std::vector<std::string>& cells) {
    while (true) {
      std::string cell;
      GYRUS_RETURN_IF_ERROR(ReadCell(cell));
      cells.push_back(std::move(cell));
      if (text_.empty()) return absl::OkStatus();
      const char c = text_[0];
      text_.remove_prefix(1);
      if (c == delimiter_) continue;
      ++line_;
      return absl::OkStatus();
    }
  }

  // Up to the delimiter or line break, which stays.
  absl::Status ReadCell(std::string& cell) {
    if (!text_.empty() && text_[0] == '"') return ReadQuotedCell(cell);
    size_t end = text_.find_first_of(absl::string_view(delimiter_ == ',' ? ",\n" : "\t\n"));
    if (end == absl::string_view::npos) end = text_.size();
    const absl::string_view raw = text_.substr(0, end);
    cell = std::string(absl::StripAsciiWhitespace(raw));
    text_.remove_prefix(end);
    return absl::OkStatus();
  }

  absl::Status ReadQuotedCell(std::string& cell) {
    const uint32_t begin = line_;
    text_.remove_prefix(1);
    while (!text_.empty()) {
      const char c = text_[0];
      text_.remove_prefix(1);
      if (c == '"' && !absl::ConsumePrefix(&text_, "\"")) {
        absl::ConsumePrefix(&text_, "\r");
        if (text_.empty() || text_[0] == delimiter_ || text_[0] == '\n') return absl::OkStatus();
        return Error(line_, "text after a closing quote");
      }
      if (c == '\n') ++line_;
      cell.push_back(c);
    }
    return Error(begin, "a quote is opened and never closed");
  }

  absl::string_view text_;
  const absl::string_view file_;
  char delimiter_ = ',';
  uint32_t line_ = 1;
};

}  // namespace

absl::StatusOr<DelimitedText> ParseDelimitedText(absl::string_view text, absl::string_view file) {
  Parser parser(text, file);
  if (const size_t bad = FirstByteThatIsNoText(text); bad != absl::string_view::npos) {
    const auto line = 1 + std::count(text.begin(), text.begin() + bad, '\n');
    return parser.Error(
        static_cast<uint32_t>(line),
        absl::StrCat("holds the byte 0x", absl::Hex(text[bad] & 0xff, absl::kZeroPad2),
                     ", which is no UTF-8 text; save the table as UTF-8"));
  }
  DelimitedText result;
  DelimitedText::Row row;
  GYRUS_ASSIGN_OR_RETURN(const bool has_header, parser.NextRow(row));
  if (!has_header) return parser.Error(1, "is empty; the first line must name the columns");
  result.header = row.cells;
  for (auto it = result.header.begin(); it != result.header.end(); ++it) {
    if (std::find(result.header.begin(), it, *it) != it) {
      return parser.Error(row.line, absl::StrCat("two columns are named '", *it, "'"));
    }
  }
  while (true) {
    GYRUS_ASSIGN_OR_RETURN(const bool more, parser.NextRow(row));
    if (!more) return result;
    if (row.cells.size() != result.header.size()) {
      return parser.Error(row.line, absl::StrCat("has ", row.cells.size(),
                                                 " cells; the header has ", result.header.size()));
    }
    result.rows.push_back(row);
  }
}

}  // namespace gyrus

#include "dataloader/cohort/delimited_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/status.h"
#include "common/text_identity.h"
#include "common/utf8.h"
#include "dataloader/cohort/delimiter.h"

namespace gyrus {
namespace {

absl::Status ErrorAt(absl::string_view file, size_t line, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(file, ":", line, ": ", what));
}

// Divides a text without a byte order mark, whose lines end with LF or CRLF.
class Parser {
 public:
  Parser(absl::string_view text, absl::string_view file, char delimiter, uint32_t line)
      : text_(text), file_(file), delimiter_(delimiter), line_(line) {}

  // The next row that is not empty; false at the end.
  absl::StatusOr<bool> NextRow(DelimitedText::Row& row) {
    while (!text_.empty()) {
      row.line = line_;
      row.cells.clear();
      GYRUS_RETURN_IF_ERROR(ReadRow(row.cells));
      const auto is_empty = [](const std::string& cell) { return cell.empty(); };
      if (!std::all_of(row.cells.begin(), row.cells.end(), is_empty)) return true;
    }
    return false;
  }

 private:
  // Consumes one line and its line break.
  absl::Status ReadRow(std::vector<std::string>& cells) {
    while (true) {
      std::string cell;
      GYRUS_RETURN_IF_ERROR(ReadCell(cell));
      cells.push_back(std::string(TrimBlanks(cell)));
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
    const char ends[] = {delimiter_, '\n'};
    const size_t end = text_.find_first_of(absl::string_view(ends, sizeof ends));
    cell = std::string(text_.substr(0, end));
    text_.remove_prefix(std::min(end, text_.size()));
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
        return ErrorAt(file_, line_, "text after a closing quote");
      }
      if (c == '\n') ++line_;
      cell.push_back(c);
    }
    return ErrorAt(file_, begin, "a quote is opened and never closed");
  }

  absl::string_view text_;
  const absl::string_view file_;
  const char delimiter_;
  uint32_t line_;
};

bool IsNamedForTabs(absl::string_view file) {
  return absl::EndsWithIgnoreCase(file, ".tsv") || absl::EndsWithIgnoreCase(file, ".tab");
}

// Refuses files that are no text tables, by their first bytes or by a byte that no text
// contains.
absl::Status CheckIsText(absl::string_view text, absl::string_view file) {
  if (absl::StartsWith(text, "PK\x03\x04")) {
    return ErrorAt(file, 1, "is a workbook (.xlsx) or an archive; save the sheet as CSV UTF-8");
  }
  if (absl::StartsWith(text, "\xff\xfe") || absl::StartsWith(text, "\xfe\xff")) {
    return ErrorAt(file, 1, "is UTF-16 text; save the table as CSV UTF-8");
  }
  const size_t bad = FirstByteThatIsNoText(text);
  if (bad == absl::string_view::npos) return absl::OkStatus();
  return ErrorAt(file, 1 + std::count(text.begin(), text.begin() + bad, '\n'),
                 absl::StrCat("holds the byte 0x", absl::Hex(text[bad] & 0xff, absl::kZeroPad2),
                              ", which is no UTF-8 text; save the table as UTF-8"));
}

// The name of a file decides first: a .tsv file is split at tabs even if a cell of its
// header contains a comma.
absl::StatusOr<char> FindDelimiter(absl::string_view text, absl::string_view file) {
  const char found = DelimiterOf(text);
  if (!IsNamedForTabs(file)) return found;
  const absl::string_view header = text.substr(0, text.find('\n'));
  const bool has_other = absl::StrContains(header, ',') || absl::StrContains(header, ';');
  if (!absl::StrContains(header, '\t') && has_other) {
    return ErrorAt(file, 1,
                   absl::StrCat("is named as a table with tabs, but its first line has none; ",
                                "write tabs, or name it .csv, as its cells are divided by ",
                                DelimiterInWords(found)));
  }
  return '\t';
}

// Names the columns, without the nameless ones at the end.
absl::Status ReadHeader(const DelimitedText::Row& row, absl::string_view file,
                        DelimitedText& result) {
  for (const std::string& cell : row.cells) result.header.push_back(CanonicalText(cell));
  while (result.header.back().empty()) result.header.pop_back();
  for (auto it = result.header.begin(); it != result.header.end(); ++it) {
    if (!it->empty() && std::find(result.header.begin(), it, *it) != it) {
      return ErrorAt(file, row.line, absl::StrCat("two columns are named ", Quoted(*it)));
    }
  }
  return absl::OkStatus();
}

// Fits a row to the header. A value in a column without a name is most likely half
// of a number with a decimal comma, or text with a comma that lacks its quotes.
absl::Status FitRow(const std::vector<std::string>& header, absl::string_view file, char delimiter,
                    DelimitedText::Row& row) {
  const size_t given = row.cells.size();
  while (row.cells.size() > header.size() && row.cells.back().empty()) row.cells.pop_back();
  if (row.cells.size() != header.size()) {
    std::string what = absl::StrCat("has ", std::min(given, std::max(row.cells.size(), size_t{1})),
                                    " cells; the header has ", header.size());
    if (row.cells.size() > header.size() && delimiter == ',') {
      absl::StrAppend(&what, "; write a decimal point, and quotes around text with a comma");
    } else if (delimiter != ',') {
      absl::StrAppend(&what, "; cells are divided by ", DelimiterInWords(delimiter));
    }
    return ErrorAt(file, row.line, what);
  }
  for (size_t i = 1; i < header.size(); ++i) {
    if (!header[i].empty() || row.cells[i].empty()) continue;
    return ErrorAt(file, row.line,
                   absl::StrCat("has ", Quoted(row.cells[i]), " in column ", i + 1,
                                ", which the header does not name"));
  }
  return absl::OkStatus();
}

// The character that Excel's first line "sep=;" names, or 0; consumes the line.
char ConsumeSeparatorLine(absl::string_view& text) {
  const absl::string_view line = text.substr(0, text.find('\n'));
  const absl::string_view trimmed = absl::StripTrailingAsciiWhitespace(line);
  if (!absl::StartsWithIgnoreCase(line, "sep=")) return 0;
  const bool is_tab = absl::StartsWith(line, "sep=\t");
  if (!is_tab && trimmed.size() != 5) return 0;
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return is_tab ? '\t' : trimmed[4];
}

}  // namespace

absl::StatusOr<DelimitedText> ParseDelimitedText(absl::string_view text, absl::string_view file) {
  GYRUS_RETURN_IF_ERROR(CheckIsText(text, file));
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  std::string with_line_feeds;
  // Old spreadsheets on the Macintosh end lines with CR alone.
  if (!absl::StrContains(text, '\n')) {
    with_line_feeds = absl::StrReplaceAll(text, {{"\r", "\n"}});
    text = with_line_feeds;
  }
  uint32_t line = 1;
  char delimiter = ConsumeSeparatorLine(text);
  if (delimiter != 0) {
    ++line;
  } else {
    GYRUS_ASSIGN_OR_RETURN(delimiter, FindDelimiter(text, file));
  }
  Parser parser(text, file, delimiter, line);
  DelimitedText result;
  DelimitedText::Row row;
  GYRUS_ASSIGN_OR_RETURN(const bool has_header, parser.NextRow(row));
  if (!has_header) return ErrorAt(file, 1, "is empty; the first line must name the columns");
  GYRUS_RETURN_IF_ERROR(ReadHeader(row, file, result));
  while (true) {
    GYRUS_ASSIGN_OR_RETURN(const bool more, parser.NextRow(row));
    if (!more) return result;
    GYRUS_RETURN_IF_ERROR(FitRow(result.header, file, delimiter, row));
    result.rows.push_back(row);
  }
}

}  // namespace gyrus

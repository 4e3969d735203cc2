// CSV and TSV tables, as spreadsheets and statistics programs write them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

struct DelimitedText {
  struct Row {
    uint32_t line = 0;  // The line of the file where the row begins, from 1.
    std::vector<std::string> cells;
  };
  // Canonical (common/text_identity.h). A column may have no name: "".
  std::vector<std::string> header;
  std::vector<Row> rows;  // Each with as many cells as the header.
};

// RFC 4180: quoted cells may hold the delimiter, line breaks and doubled quotes.
// Lines end with LF, CRLF or, in a text without LF, with CR. A byte order mark is
// passed over, and so are empty rows and empty columns at the end, which
// spreadsheets leave behind. Blanks around cells are dropped.
//
// A `file` called .tsv or .tab is split at tabs. In any other the delimiter is the
// one of tab, semicolon and comma that divides the rows as it divides the header;
// Excel's first line "sep=;" names it too. Numbers are not looked at here: with a
// comma as the delimiter, "20,5" without quotes is two cells, and then the row is
// refused, because it has more cells than the header has names.
//
// DATA_LOSS, with `file` and line: no header, two columns of one name, a row with
// fewer or more cells than the header, a value in a column without a name (the
// first column may have none: pandas writes its row numbers so), an open quote, a
// byte that is not UTF-8 text, a workbook of Excel. No message quotes more than
// the beginning of a cell.
absl::StatusOr<DelimitedText> ParseDelimitedText(absl::string_view text, absl::string_view file);

}  // namespace gyrus

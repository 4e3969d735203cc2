// CSV and TSV, as spreadsheets write them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

struct DelimitedText {
  struct Row {
    uint32_t line = 0;  // Where it begins, from 1.
    std::vector<std::string> cells;
  };
  std::vector<std::string> header;
  std::vector<Row> rows;
};

// RFC 4180: quoted cells may hold the delimiter, line breaks and doubled quotes.
// LF or CRLF; a byte order mark and empty lines are passed over; blanks around
// unquoted cells are dropped. Tabs delimit where the header has one and no
// comma, else commas.
//
// DATA_LOSS, with `file` and line: no header, two columns of one name, a row of
// another length, an open quote, a byte 0.
absl::StatusOr<DelimitedText> ParseDelimitedText(absl::string_view text, absl::string_view file);

}  // namespace gyrus

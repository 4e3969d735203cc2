// Recognises the words by which a table says that there is no value.
#pragma once

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// True for a cell that is empty (or blank), n/a (the word of BIDS), na, nan or null,
// in upper or lower case.
inline bool IsMissing(absl::string_view cell) {
  cell = absl::StripAsciiWhitespace(cell);
  for (const absl::string_view word : {"", "n/a", "na", "nan", "null"}) {
    if (absl::EqualsIgnoreCase(cell, word)) return true;
  }
  return false;
}

}  // namespace gyrus

// How tables say that there is no value.
#pragma once

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// Empty, n/a (BIDS), na, nan or null, in any case.
inline bool IsMissing(absl::string_view cell) {
  cell = absl::StripAsciiWhitespace(cell);
  for (const absl::string_view word : {"", "n/a", "na", "nan", "null"}) {
    if (absl::EqualsIgnoreCase(cell, word)) return true;
  }
  return false;
}

}  // namespace gyrus

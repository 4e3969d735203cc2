#include "common/missing.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "common/text_identity.h"

namespace gyrus {
namespace {

// "none" and "unknown" are not among them: both are classes that studies have.
constexpr std::array<absl::string_view, 9> kWords = {
    "",
    "n/a",     // BIDS
    "na",      // R
    "nan",     // Python, MATLAB
    "null",    // databases
    "<na>",    // pandas
    "#n/a",    // Excel
    "#null!",  // Excel, SPSS
    ".",       // SAS, Stata, SPSS
};

}  // namespace

bool IsMissing(absl::string_view cell) {
  cell = TrimBlanks(cell);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](absl::string_view word) { return absl::EqualsIgnoreCase(cell, word); });
}

}  // namespace gyrus

// What a test of a hypothesis found, with all that a methods section must say.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gyrus {

// Of the first sample against the second, as in scipy.
enum class Alternative { kTwoSided, kLess, kGreater };

absl::string_view NameOf(Alternative alternative);

struct TestResult {
  std::string test;            // "Mann-Whitney U test"
  std::string variant;         // "two-sided, exact"
  std::string statistic_name;  // "U"
  double statistic = 0;
  std::vector<double> df;  // None, one, or those above and below the line.
  double p = 1;
  std::vector<size_t> n;   // Of each group; of pairs, their number once.
  size_t ties = 0;         // Values of a rank test that share theirs with another.
  size_t zeros = 0;        // Differences that are zero.
  std::string correction;  // "continuity", "ties"; empty: none.
};

// "Mann-Whitney U test (two-sided, normal approximation; corrected for ties and
// continuity): U = 79.5, p = 0.0745, n = 12 and 9, 8 tied values."
std::string MethodSentence(const TestResult& result);

}  // namespace gyrus

// The result of a statistical test, with everything that the methods section of a paper
// must say about it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gyrus {

// The alternative hypothesis about the first sample compared with the second, as in scipy.
enum class Alternative { kTwoSided, kLess, kGreater };

absl::string_view NameOf(Alternative alternative);

struct TestResult {
  std::string test;            // "Mann-Whitney U test"
  std::string variant;         // "two-sided, exact"
  std::string statistic_name;  // "U"
  double statistic = 0;
  // Degrees of freedom: none, one, or those of numerator and denominator.
  std::vector<double> df;
  double p = 1;
  // The size of each group; for pairs, their number once.
  std::vector<size_t> n;
  size_t ties = 0;         // How many values share their rank with another one.
  size_t zeros = 0;        // How many differences are zero.
  std::string correction;  // "continuity" or "ties"; empty if there is none.
};

// The result as one sentence: "Mann-Whitney U test (two-sided, normal approximation; corrected for
// ties and continuity): U = 79.5, p = 0.0745, n = 12 and 9, 8 tied values."
std::string MethodSentence(const TestResult& result);

}  // namespace gyrus

// Samples of which the reference values of the tests are known (scipy 1.17.1,
// scikit-learn 1.9.1, statsmodels 0.15.0), and checks of n/a.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/statistics/defined.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {

using Doubles = std::vector<double>;

inline const Doubles kA = {3.1, 4.5, 2.2, 6.7, 5.0, 4.5, 3.9, 7.2, 1.8, 5.5, 4.5, 6.1};
inline const Doubles kB = {2.9, 3.8, 4.5, 1.2, 2.2, 3.3, 4.0, 2.7, 5.0};
inline const Doubles kC = {6.9, 7.4, 5.8, 8.1, 6.2, 7.9, 5.0, 6.6};
inline const Doubles kQ = {2.8, 4.9, 2.2, 6.1, 5.3, 4.0, 3.1, 7.9, 1.1, 5.0, 4.9, 5.2};
inline const Doubles kS1 = {1.1, 2.3, 0.4, 5.6, 3.2};
inline const Doubles kS2 = {2.0, 6.1, 7.3, 4.8};
inline const Doubles kX = {1.16, .92, 1.75, .33, 2.41, .58, 1.02, 1.93, .47, 1.29};
inline const Doubles kY = {1.61, 1.15, 1.52, .98, 2.95, .50, 1.88, 2.12, 1.04, 1.07};
inline const Doubles kAge = {52.1, 60.4, 71.3, 45.0, 80.2, 66.6, 58.9, 74.5, 49.7, 63.0};
inline const Doubles kPredicted = {55.0, 61.2, 68.4, 50.3, 73.9, 67.1, 60.0, 70.8, 53.5, 61.7};
inline const std::vector<int> kLabels = {1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0};
inline const Doubles kScores1 = {.91, .80, .62, .55, .30, .62, .45, .40, .35, .20, .15, .05};
inline const Doubles kScores2 = {.70, .85, .50, .66, .40, .30, .52, .60, .25, .33, .10, .20};
// Mean errors of five folds.
inline const Doubles kFoldsA = {3.20, 3.05, 3.41, 2.98, 3.15};
inline const Doubles kFoldsB = {3.38, 3.12, 3.40, 3.20, 3.31};
inline const Doubles kFoldsC = {3.50, 3.30, 3.45, 3.10, 3.60};

MATCHER_P(IsUndefinedBecause, reason, "") {
  *result_listener << arg.status();
  return arg.is_undefined() && arg.status().message().find(reason) != std::string::npos;
}

// The error of a result that may be undefined, or of one that may not.
template <typename T>
absl::Status ErrorOf(const Defined<T>& result) {
  return result.status().error();
}
template <typename T>
absl::Status ErrorOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER_P(IsMisuse, reason, "") {
  *result_listener << arg.status();
  return absl::IsInvalidArgument(ErrorOf(arg)) &&
         std::string(arg.status().message()).find(reason) != std::string::npos;
}

// The golden values have 12 digits.
inline double Tolerance(double golden) { return 2e-11 * std::max(1e-6, std::abs(golden)); }

MATCHER_P(Holds, golden, "") {
  *result_listener << arg.status();
  if (!arg.ok()) return false;
  *result_listener << "holds " << testing::PrintToString(*arg);
  return std::abs(*arg - golden) <= Tolerance(golden);
}

}  // namespace gyrus

#define EXPECT_GOLDEN(value, golden) EXPECT_NEAR(value, golden, gyrus::Tolerance(golden))

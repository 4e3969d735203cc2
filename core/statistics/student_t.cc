#include "core/statistics/student_t.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"
#include "core/statistics/moments.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

using Values = absl::Span<const double>;

TestResult Result(double t, double df, Alternative alternative) {
  return TestResult{.variant = std::string(NameOf(alternative)),
                    .statistic_name = "t",
                    .statistic = t,
                    .df = {df},
                    .p = StudentP(t, df, alternative)};
}

// `largest` is the magnitude of what `values` were subtracted from.
Defined<TestResult> TestOfMean(Values values, double mean, double largest,
                               Alternative alternative) {
  if (values.size() < 2) return Undefined("there are fewer than two values");
  if (!VaryBeyondRounding(values, largest)) return Undefined("the values do not vary");
  const double n = static_cast<double>(values.size());
  GYRUS_ASSIGN_OR_RETURN(const double centre, Mean(values));
  GYRUS_ASSIGN_OR_RETURN(const double variance, Variance(values, 1));
  TestResult result = Result((centre - mean) / std::sqrt(variance / n), n - 1, alternative);
  result.n = {values.size()};
  return result;
}

struct Moments {
  double n = 0;
  double mean = 0;
  double variance = 0;
};

Defined<Moments> MomentsOf(Values values) {
  GYRUS_ASSIGN_OR_RETURN(const double mean, Mean(values));
  GYRUS_ASSIGN_OR_RETURN(const double variance, Variance(values, 1));
  return Moments{static_cast<double>(values.size()), mean, variance};
}

DefinedStatus CheckTwo(Values a, Values b) {
  GYRUS_RETURN_IF_ERROR(CheckGroups({a, b}, 2));
  if (a.size() < 2 || b.size() < 2) return Undefined("a group has fewer than two values");
  if (!Vary(a) && !Vary(b)) return Undefined("neither group varies");
  return absl::OkStatus();
}

}  // namespace

Defined<TestResult> OneSampleT(Values values, double mean, Alternative alternative) {
  GYRUS_RETURN_IF_ERROR(CheckFinite(values));
  GYRUS_RETURN_IF_ERROR(CheckFinite({mean}));
  GYRUS_ASSIGN_OR_RETURN(TestResult result,
                         TestOfMean(values, mean, LargestMagnitude(values), alternative));
  result.test = absl::StrCat("one-sample t test against ", mean);
  return result;
}

Defined<TestResult> PairedT(Values a, Values b, Alternative alternative) {
  GYRUS_RETURN_IF_ERROR(CheckPairs(a, b));
  const std::vector<double> differences = Differences(a, b);
  const double largest = std::max(LargestMagnitude(a), LargestMagnitude(b));
  GYRUS_ASSIGN_OR_RETURN(TestResult result, TestOfMean(differences, 0, largest, alternative));
  result.test = "paired t test";
  result.zeros = std::count(differences.begin(), differences.end(), 0.0);
  return result;
}

Defined<TestResult> StudentT(Values a, Values b, Alternative alternative) {
  GYRUS_RETURN_IF_ERROR(CheckTwo(a, b));
  GYRUS_ASSIGN_OR_RETURN(const Moments x, MomentsOf(a));
  GYRUS_ASSIGN_OR_RETURN(const Moments y, MomentsOf(b));
  const double df = x.n + y.n - 2;
  const double pooled = ((x.n - 1) * x.variance + (y.n - 1) * y.variance) / df;
  const double t = (x.mean - y.mean) / std::sqrt(pooled * (1 / x.n + 1 / y.n));
  TestResult result = Result(t, df, alternative);
  result.test = "Student t test (pooled variance)";
  result.n = {a.size(), b.size()};
  return result;
}

Defined<TestResult> WelchT(Values a, Values b, Alternative alternative) {
  GYRUS_RETURN_IF_ERROR(CheckTwo(a, b));
  GYRUS_ASSIGN_OR_RETURN(const Moments x, MomentsOf(a));
  GYRUS_ASSIGN_OR_RETURN(const Moments y, MomentsOf(b));
  const double vx = x.variance / x.n;
  const double vy = y.variance / y.n;
  const double df = (vx + vy) * (vx + vy) / (vx * vx / (x.n - 1) + vy * vy / (y.n - 1));
  TestResult result = Result((x.mean - y.mean) / std::sqrt(vx + vy), df, alternative);
  result.test = "Welch t test";
  result.n = {a.size(), b.size()};
  return result;
}

}  // namespace gyrus

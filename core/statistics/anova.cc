#include "core/statistics/anova.h"

#include <cmath>
#include <utility>
#include <vector>

#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"
#include "core/statistics/moments.h"
#include "core/statistics/ranks.h"
#include "core/statistics/sums.h"
#include "core/statistics/variation.h"

namespace gyrus {
namespace {

Defined<TestResult> FTest(double between, double df_between, double within, double df_within) {
  GYRUS_ASSIGN_OR_RETURN(const double f, InRange((between / df_between) / (within / df_within)));
  return TestResult{.variant = "F distribution",
                    .statistic_name = "F",
                    .statistic = f,
                    .df = {df_between, df_within},
                    .p = FSurvival(f, df_between, df_within)};
}

// A group of one value has no SD; 0 is right here, because it adds nothing to the spread
// within groups.
Defined<std::vector<GroupMoments>> MomentsOf(Groups groups) {
  std::vector<GroupMoments> moments;
  for (const absl::Span<const double> group : groups) {
    GYRUS_ASSIGN_OR_RETURN(const double mean, Mean(group));
    const double sd = group.size() < 2 ? 0 : StandardDeviation(group, 1).value_or(0);
    moments.push_back({group.size(), mean, sd});
  }
  return moments;
}

Defined<TestResult> Named(const char* test, Defined<TestResult> result) {
  if (result.ok()) result->test = test;
  return result;
}

}  // namespace

Defined<TestResult> OneWayAnova(Groups groups) {
  GYRUS_RETURN_IF_ERROR(CheckGroups(groups, 2));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<GroupMoments> moments, MomentsOf(groups));
  return OneWayAnova(moments);
}

// Works from n, mean and SD of each group, so that published tables can be tested too.
Defined<TestResult> OneWayAnova(absl::Span<const GroupMoments> groups) {
  if (groups.size() < 2) return absl::InvalidArgumentError("needs at least 2 groups");
  double n = 0;
  double sum = 0;
  double within = 0;
  std::vector<size_t> sizes;
  for (const GroupMoments& group : groups) {
    GYRUS_RETURN_IF_ERROR(CheckFinite({group.mean, group.sd}));
    if (group.n == 0) return Undefined("a group is empty");
    const double size = static_cast<double>(group.n);
    n += size;
    sum += size * group.mean;
    within += (size - 1) * group.sd * group.sd;
    sizes.push_back(group.n);
  }
  const double k = static_cast<double>(groups.size());
  if (n <= k) return Undefined("there are as many groups as values");
  if (within == 0) return Undefined("nothing varies within the groups");
  double between = 0;
  for (const GroupMoments& group : groups) {
    const double deviation = group.mean - sum / n;
    between += static_cast<double>(group.n) * deviation * deviation;
  }
  GYRUS_ASSIGN_OR_RETURN(TestResult result, FTest(between, k - 1, within, n - k));
  result.test = "one-way ANOVA";
  result.n = std::move(sizes);
  return result;
}

// Brown and Forsythe's variant: distances from medians are robust against skewed
// distributions.
Defined<TestResult> Levene(Groups groups) {
  GYRUS_RETURN_IF_ERROR(CheckGroups(groups, 2));
  std::vector<std::vector<double>> distances;
  bool vary = false;
  for (const absl::Span<const double> group : groups) {
    GYRUS_ASSIGN_OR_RETURN(const double median, Median(group));
    std::vector<double>& of_group = distances.emplace_back();
    for (const double value : group) of_group.push_back(std::abs(value - median));
    vary = vary || VaryBeyondRounding(of_group, LargestMagnitude(group));
  }
  if (!vary) return Undefined("within the groups, all are as far from the median");
  return Named("Levene test (from medians)", OneWayAnova(std::vector<absl::Span<const double>>(
                                                 distances.begin(), distances.end())));
}

Defined<TestResult> RepeatedMeasuresAnova(Groups conditions) {
  GYRUS_RETURN_IF_ERROR(CheckRows(conditions, 2));
  const size_t subjects = conditions.front().size();
  if (subjects < 2) return Undefined("there are fewer than two subjects");
  const Variation variation = VariationOf(conditions);
  if (variation.residual == 0) {
    return Undefined("nothing varies beside the effects of conditions and subjects");
  }
  GYRUS_ASSIGN_OR_RETURN(TestResult result, FTest(variation.between_rows, variation.rows - 1,
                                                  variation.residual, variation.residual_df()));
  result.test = "repeated-measures ANOVA";
  result.n = {subjects};
  return result;
}

}  // namespace gyrus

#include "core/statistics/rank_anova.h"

#include <vector>

#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"
#include "core/statistics/ranks.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

TestResult ChiSquared(double statistic, double df) {
  return TestResult{.variant = "chi-squared approximation",
                    .statistic = statistic,
                    .df = {df},
                    .p = ChiSquaredSurvival(statistic, df),
                    .correction = "ties"};
}

}  // namespace

Defined<TestResult> KruskalWallis(Groups groups) {
  GYRUS_RETURN_IF_ERROR(CheckGroups(groups, 2));
  const std::vector<double> all = Pooled(groups);
  if (!Vary(all)) return Undefined("all values are one");
  const Ranks ranks = AverageRanks(all);
  const double n = static_cast<double>(all.size());
  double sum = 0;
  size_t first = 0;
  std::vector<size_t> sizes;
  for (const absl::Span<const double> group : groups) {
    const double of_group = Sum(absl::MakeConstSpan(ranks.of).subspan(first, group.size()));
    sum += of_group * of_group / static_cast<double>(group.size());
    first += group.size();
    sizes.push_back(group.size());
  }
  const double h = 12 / (n * (n + 1)) * sum - 3 * (n + 1);
  TestResult result = ChiSquared(h / (1 - ranks.tie_term() / (n * n * n - n)),
                                 static_cast<double>(groups.size()) - 1);
  result.test = "Kruskal-Wallis test";
  result.statistic_name = "H";
  result.n = std::move(sizes);
  result.ties = ranks.tied();
  return result;
}

Defined<TestResult> Friedman(Groups conditions) {
  GYRUS_RETURN_IF_ERROR(CheckRows(conditions, 3));
  const size_t subjects = conditions.front().size();
  const double n = static_cast<double>(subjects);
  const double k = static_cast<double>(conditions.size());
  std::vector<double> rank_sums(conditions.size());
  double tie_term = 0;
  size_t tied = 0;
  for (size_t subject = 0; subject < subjects; ++subject) {
    std::vector<double> values;
    for (const absl::Span<const double> condition : conditions)
      values.push_back(condition[subject]);
    const Ranks ranks = AverageRanks(values);
    for (size_t i = 0; i < ranks.of.size(); ++i) rank_sums[i] += ranks.of[i];
    tie_term += ranks.tie_term();
    tied += ranks.tied();
  }
  const double correction = 1 - tie_term / (k * (k * k - 1) * n);
  if (correction == 0) return Undefined("for each subject, all conditions are equal");
  const double statistic = 12 / (k * n * (k + 1)) * Dot(rank_sums, rank_sums) - 3 * n * (k + 1);
  TestResult result = ChiSquared(statistic / correction, k - 1);
  result.test = "Friedman test";
  result.statistic_name = "chi2";
  result.n = {subjects};
  result.ties = tied;
  return result;
}

}  // namespace gyrus

#include "core/statistics/proportion.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"

namespace gyrus {
namespace {

DefinedStatus Check(uint64_t successes, uint64_t trials, double level) {
  GYRUS_RETURN_IF_ERROR(CheckLevel(level));
  if (successes > trials) {
    return absl::InvalidArgumentError(
        absl::StrCat(successes, " successes are more than ", trials, " trials"));
  }
  if (trials == 0) return Undefined("there are no items");
  return absl::OkStatus();
}

DefinedStatus CheckDiscordant(uint64_t only_first, uint64_t only_second) {
  if (only_first + only_second > 0) return absl::OkStatus();
  return Undefined("both are right and wrong about the same items");
}

}  // namespace

Defined<Interval> WilsonInterval(uint64_t successes, uint64_t trials, double level) {
  GYRUS_RETURN_IF_ERROR(Check(successes, trials, level));
  const double n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double z = NormalQuantile((1 + level) / 2);
  const double base = 1 + z * z / n;
  const double centre = (share + z * z / (2 * n)) / base;
  const double half = z / base * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return Interval{std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Defined<Interval> ClopperPearsonInterval(uint64_t successes, uint64_t trials, double level) {
  GYRUS_RETURN_IF_ERROR(Check(successes, trials, level));
  const double k = static_cast<double>(successes);
  const double n = static_cast<double>(trials);
  const double tail = (1 - level) / 2;
  return Interval{successes == 0 ? 0 : BetaQuantile(tail, k, n - k + 1),
                  successes == trials ? 1 : BetaQuantile(1 - tail, k + 1, n - k)};
}

Defined<TestResult> McNemarExact(uint64_t only_first, uint64_t only_second) {
  GYRUS_RETURN_IF_ERROR(CheckDiscordant(only_first, only_second));
  const double fewer = static_cast<double>(std::min(only_first, only_second));
  const double all = static_cast<double>(only_first + only_second);
  return TestResult{.test = "McNemar test",
                    .variant = "two-sided, exact binomial",
                    .statistic_name = "min(b, c)",
                    .statistic = fewer,
                    .p = std::min(1.0, 2 * BinomialCdf(fewer, all, 0.5)),
                    .n = {only_first, only_second}};
}

Defined<TestResult> McNemarChiSquared(uint64_t only_first, uint64_t only_second) {
  GYRUS_RETURN_IF_ERROR(CheckDiscordant(only_first, only_second));
  const double b = static_cast<double>(only_first);
  const double c = static_cast<double>(only_second);
  const double excess = std::abs(b - c) - 1;
  const double statistic = excess * excess / (b + c);
  return TestResult{.test = "McNemar test",
                    .variant = "chi-squared approximation",
                    .statistic_name = "chi2",
                    .statistic = statistic,
                    .df = {1},
                    .p = ChiSquaredSurvival(statistic, 1),
                    .n = {only_first, only_second},
                    .correction = "continuity"};
}

}  // namespace gyrus

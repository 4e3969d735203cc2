#include "core/statistics/correlation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"
#include "core/statistics/ranks.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

using Values = absl::Span<const double>;

DefinedStatus CheckVarying(Values x, Values y) {
  GYRUS_RETURN_IF_ERROR(CheckPairs(x, y));
  if (x.size() < 2) return Undefined("there are fewer than two pairs");
  if (!Vary(x) || !Vary(y)) return Undefined("one of the measures has one value");
  return absl::OkStatus();
}

// Tests r by the beta distribution that it has without association, which gives more
// digits of a small p than the t distribution.
Defined<TestResult> TestOf(double r, size_t n) {
  if (n < 3) return Undefined("two pairs always lie on a line");
  const double df = static_cast<double>(n) - 2;
  const double half = df / 2;
  return TestResult{.variant = "two-sided, t distribution",
                    .statistic = r,
                    .df = {df},
                    .p = std::min(1.0, 2 * BetaSurvival((1 + std::abs(r)) / 2, half, half)),
                    .n = {n}};
}

Defined<Interval> FisherInterval(double r, size_t n, double level) {
  if (n < 4) return Undefined("an interval needs four pairs");
  const double half = NormalQuantile((1 + level) / 2) / std::sqrt(static_cast<double>(n) - 3);
  const double z = std::atanh(r);
  return Interval{std::tanh(z - half), std::tanh(z + half)};
}

// Concordant minus discordant pairs.
double Concordance(Values x, Values y) {
  int64_t excess = 0;
  const auto sign = [](double d) { return (d > 0) - (d < 0); };
  for (size_t i = 0; i < x.size(); ++i) {
    for (size_t j = 0; j < i; ++j) excess += sign(x[i] - x[j]) * sign(y[i] - y[j]);
  }
  return static_cast<double>(excess);
}

// P(at most `discordant` of the pairs of n items are), each order as likely.
// Items come one by one; the j-th is discordant with 0 to j - 1 of those before.
double DiscordantCdf(size_t n, size_t discordant) {
  std::vector<double> now(discordant + 1);
  now[0] = 1;
  for (size_t j = 2; j <= n; ++j) {
    std::vector<double> next(discordant + 1);
    for (size_t k = 0; k <= discordant; ++k) {
      for (size_t more = 0; more < j && more <= k; ++more) next[k] += now[k - more];
      next[k] /= static_cast<double>(j);
    }
    now = std::move(next);
  }
  return Sum(now);
}

struct TieSums {
  double pairs = 0;    // sum t (t - 1) / 2
  double triples = 0;  // sum t (t - 1) (t - 2)
  double spread = 0;   // sum t (t - 1) (2t + 5)
};

TieSums SumsOf(const Ranks& ranks) {
  TieSums sums;
  for (const size_t size : ranks.ties) {
    const double t = static_cast<double>(size);
    sums.pairs += t * (t - 1) / 2;
    sums.triples += t * (t - 1) * (t - 2);
    sums.spread += t * (t - 1) * (2 * t + 5);
  }
  return sums;
}

double NormalKendallP(double excess, double n, const TieSums& x, const TieSums& y) {
  const double m = n * (n - 1);
  double variance = (m * (2 * n + 5) - x.spread - y.spread) / 18 + 2 * x.pairs * y.pairs / m;
  if (n > 2) variance += x.triples * y.triples / (9 * m * (n - 2));
  return NormalP(excess / std::sqrt(variance), Alternative::kTwoSided);
}

}  // namespace

Defined<double> PearsonR(Values x, Values y) {
  GYRUS_RETURN_IF_ERROR(CheckVarying(x, y));
  const std::vector<double> dx = Deviations(x);
  const std::vector<double> dy = Deviations(y);
  GYRUS_ASSIGN_OR_RETURN(const double r,
                         InRange(Dot(dx, dy) / (std::sqrt(Dot(dx, dx)) * std::sqrt(Dot(dy, dy)))));
  return std::clamp(r, -1.0, 1.0);  // Rounding may step over the bound.
}

Defined<Correlation> Pearson(Values x, Values y, double level) {
  GYRUS_RETURN_IF_ERROR(CheckLevel(level));
  GYRUS_ASSIGN_OR_RETURN(const double r, PearsonR(x, y));
  Correlation result{.coefficient = r, .n = x.size(), .test = TestOf(r, x.size())};
  result.interval = FisherInterval(r, x.size(), level);
  if (result.test.ok()) {
    result.test->test = "Pearson correlation";
    result.test->statistic_name = "r";
  }
  return result;
}

Defined<Correlation> Spearman(Values x, Values y) {
  GYRUS_RETURN_IF_ERROR(CheckVarying(x, y));
  const Ranks rank_x = AverageRanks(x);
  const Ranks rank_y = AverageRanks(y);
  GYRUS_ASSIGN_OR_RETURN(const double rho, PearsonR(rank_x.of, rank_y.of));
  Correlation result{.coefficient = rho, .n = x.size(), .test = TestOf(rho, x.size())};
  result.interval = Undefined("only Pearson's has an interval");
  if (result.test.ok()) {
    result.test->test = "Spearman rank correlation";
    result.test->statistic_name = "rho";
    result.test->ties = rank_x.tied() + rank_y.tied();
  }
  return result;
}

Defined<Correlation> Kendall(Values x, Values y) {
  GYRUS_RETURN_IF_ERROR(CheckVarying(x, y));
  const size_t n = x.size();
  const double count = static_cast<double>(n);
  const double pairs = count * (count - 1) / 2;
  const Ranks rank_x = AverageRanks(x);
  const Ranks rank_y = AverageRanks(y);
  const TieSums tie_x = SumsOf(rank_x);
  const TieSums tie_y = SumsOf(rank_y);
  const double excess = Concordance(x, y);
  const double tau = excess / std::sqrt(pairs - tie_x.pairs) / std::sqrt(pairs - tie_y.pairs);
  Correlation result{.coefficient = std::clamp(tau, -1.0, 1.0), .n = n};
  result.interval = Undefined("only Pearson's has an interval");
  const double fewer = (pairs - std::abs(excess)) / 2;
  const bool exact = rank_x.ties.empty() && rank_y.ties.empty() && (n <= 33 || fewer <= 1);
  if (n < 3) {
    result.test = Undefined("two pairs always lie on a line");
    return result;
  }
  const double p = exact ? 2 * DiscordantCdf(n, static_cast<size_t>(fewer))
                         : NormalKendallP(excess, count, tie_x, tie_y);
  result.test =
      TestResult{.test = "Kendall rank correlation",
                 .variant = exact ? "two-sided, exact" : "two-sided, normal approximation",
                 .statistic_name = "tau-b",
                 .statistic = result.coefficient,
                 .p = std::min(1.0, p),
                 .n = {n},
                 .ties = rank_x.tied() + rank_y.tied(),
                 .correction = exact ? "" : "ties"};
  return result;
}

}  // namespace gyrus

#include "core/statistics/mann_whitney.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"
#include "core/statistics/ranks.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

using Method = MannWhitneyOptions::Method;

constexpr double kMaxExact = 50'000;

// P(U <= u) of sizes m and n, each order of the values as likely. The greatest
// of all is one of the m, and then beats all n, or one of the n.
double SmallCdf(size_t u, size_t m, size_t n) {
  std::vector<std::vector<double>> of(m + 1, std::vector<double>(u + 1));
  for (std::vector<double>& start : of) start[0] = 1;
  for (size_t j = 1; j <= n; ++j) {
    for (size_t i = 1; i <= m; ++i) {
      const double greatest = static_cast<double>(i) / static_cast<double>(i + j);
      for (double& p : of[i]) p *= 1 - greatest;
      for (size_t v = j; v <= u; ++v) of[i][v] += greatest * of[i - 1][v - j];
    }
  }
  return Sum(of[m]);
}

// P(U >= u); U is as likely as mn - U.
double ExactSurvival(size_t u, size_t m, size_t n) {
  if (m > n) std::swap(m, n);
  if (u == 0) return 1;
  const size_t mirrored = m * n - u;
  if (mirrored < u) return SmallCdf(mirrored, m, n);
  return 1 - SmallCdf(u - 1, m, n);
}

Method Choose(Method asked, double m, double n, const Ranks& ranks) {
  if (asked != Method::kAuto) return asked;
  const bool small = std::min(m, n) <= 8 && m * n <= kMaxExact;
  return small && ranks.ties.empty() ? Method::kExact : Method::kNormal;
}

DefinedStatus CheckExact(double m, double n, const Ranks& ranks) {
  if (!ranks.ties.empty()) return Undefined("the exact distribution is of values without ties");
  if (m * n > kMaxExact) return Undefined("the exact distribution is for fewer values");
  return absl::OkStatus();
}

struct Sizes {
  double u = 0;  // The U statistic of the first group.
  double m = 0;
  double n = 0;
};

double NormalZ(double u, const Sizes& sizes, const Ranks& ranks, bool continuity) {
  const double all = sizes.m + sizes.n;
  const double variance = sizes.m * sizes.n / 12 * (all + 1 - ranks.tie_term() / (all * (all - 1)));
  return (u - sizes.m * sizes.n / 2 - (continuity ? 0.5 : 0)) / std::sqrt(variance);
}

// A two-sided p is twice the smaller tail. It is cut at 1, because the two tails overlap at
// the centre.
double PValue(const Sizes& sizes, const Ranks& ranks, Method method,
              const MannWhitneyOptions& options) {
  const double other = sizes.m * sizes.n - sizes.u;
  double u = std::max(sizes.u, other);
  double tails = 2;
  if (options.alternative != Alternative::kTwoSided) {
    u = options.alternative == Alternative::kGreater ? sizes.u : other;
    tails = 1;
  }
  const double p = method == Method::kExact
                       ? ExactSurvival(static_cast<size_t>(u), static_cast<size_t>(sizes.m),
                                       static_cast<size_t>(sizes.n))
                       : NormalSurvival(NormalZ(u, sizes, ranks, options.continuity));
  return std::clamp(tails * p, 0.0, 1.0);
}

TestResult LegacyHalf(const Sizes& sizes, const Ranks& ranks, bool continuity) {
  const double u = std::max(sizes.u, sizes.m * sizes.n - sizes.u);
  return TestResult{.variant = "legacy half of two-sided, normal approximation",
                    .statistic = sizes.m * sizes.n - u,
                    .p = NormalSurvival(std::abs(NormalZ(u, sizes, ranks, continuity)))};
}

}  // namespace

Defined<TestResult> MannWhitney(absl::Span<const double> a, absl::Span<const double> b,
                                const MannWhitneyOptions& options) {
  GYRUS_RETURN_IF_ERROR(CheckGroups({a, b}, 2));
  const std::vector<double> all = Pooled({a, b});
  if (!Vary(all)) return Undefined("all values are one");
  const Ranks ranks = AverageRanks(all);
  Sizes sizes{.m = static_cast<double>(a.size()), .n = static_cast<double>(b.size())};
  sizes.u = Sum(absl::MakeSpan(ranks.of).subspan(0, a.size())) - sizes.m * (sizes.m + 1) / 2;
  const Method method = Choose(options.method, sizes.m, sizes.n, ranks);
  if (method == Method::kExact) GYRUS_RETURN_IF_ERROR(CheckExact(sizes.m, sizes.n, ranks));
  TestResult result;
  if (method == Method::kLegacyHalf) {
    if (options.alternative != Alternative::kTwoSided) {
      return absl::InvalidArgumentError("the legacy half knows no one-sided alternative");
    }
    result = LegacyHalf(sizes, ranks, options.continuity);
  } else {
    result.variant = absl::StrCat(NameOf(options.alternative), ", ",
                                  method == Method::kExact ? "exact" : "normal approximation");
    result.statistic = sizes.u;
    result.p = PValue(sizes, ranks, method, options);
  }
  result.test = "Mann-Whitney U test";
  result.statistic_name = "U";
  result.n = {a.size(), b.size()};
  result.ties = ranks.tied();
  if (method != Method::kExact) {
    result.correction = options.continuity ? "ties and continuity" : "ties";
  }
  return result;
}

}  // namespace gyrus

#include "core/statistics/wilcoxon.h"

#include <algorithm>
#include <cmath>
#include <numeric>
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

using Zeros = WilcoxonOptions::Zeros;
using Method = WilcoxonOptions::Method;

constexpr size_t kMaxExact = 1'000;

struct SignedRanks {
  std::vector<double> of_signed;  // The ranks of the differences that are not zero.
  double plus_signed = 0;         // The sum of those whose difference is positive.
  double plus = 0;                // The same sums, with the halves of zeros that are split.
  double minus = 0;
  double count = 0;     // Differences that were ranked,
  double zeros = 0;     // and those of them that are zero.
  double tie_term = 0;  // Without the zeros where Pratt leaves them out.
  size_t tied = 0;      // Non-zero differences that share their size.
};

// Zeros are ranked with the other differences. Pratt's method then gives their ranks to
// neither side, and the splitting method half to each.
SignedRanks RankSigned(const std::vector<double>& differences, Zeros method) {
  const Ranks ranks = AverageRanks(AbsoluteValues(differences));
  SignedRanks result;
  result.count = static_cast<double>(differences.size());
  for (size_t i = 0; i < differences.size(); ++i) {
    const double rank = ranks.of[i];
    if (differences[i] > 0) result.plus_signed += rank;
    if (differences[i] < 0) result.minus += rank;
    if (differences[i] != 0) {
      result.of_signed.push_back(rank);
      continue;
    }
    ++result.zeros;
    if (method != Zeros::kSplit) continue;
    result.plus += rank / 2;
    result.minus += rank / 2;
  }
  result.plus += result.plus_signed;
  result.tie_term = ranks.tie_term();
  result.tied = ranks.tied();
  if (result.zeros > 1) {  // Ranked with the others, they are a tie themselves.
    result.tied -= static_cast<size_t>(result.zeros);
    if (method == Zeros::kPratt) {
      result.tie_term -= result.zeros * (result.zeros * result.zeros - 1);
    }
  }
  return result;
}

// Mid-ranks are multiples of a half. In units of the largest step that divides them all,
// they are whole numbers: the table of their sums is then as short as it can be.
struct WholeRanks {
  std::vector<size_t> ranks;  // Sorted, so that the order of the pairs changes no bit.
  double step = 1;
};

WholeRanks WholeRanksOf(absl::Span<const double> ranks) {
  WholeRanks whole;
  size_t divisor = 0;
  for (const double rank : ranks) {
    whole.ranks.push_back(static_cast<size_t>(2 * rank));
    divisor = std::gcd(divisor, whole.ranks.back());
  }
  for (size_t& rank : whole.ranks) rank /= divisor;
  std::sort(whole.ranks.begin(), whole.ranks.end());
  whole.step = static_cast<double>(divisor) / 2;
  return whole;
}

// P(W+ = w) for every w, where each rank has either sign with the same probability.
std::vector<double> NullDistribution(const WholeRanks& whole) {
  size_t most = std::accumulate(whole.ranks.begin(), whole.ranks.end(), size_t{0});
  std::vector<double> p(most + 1);
  p[0] = 1;
  most = 0;
  for (const size_t rank : whole.ranks) {
    most += rank;
    for (size_t w = most + 1; w-- > 0;) p[w] = (p[w] + (w >= rank ? p[w - rank] : 0)) / 2;
  }
  return p;
}

double ExactP(const SignedRanks& ranks, Alternative alternative) {
  const WholeRanks whole = WholeRanksOf(ranks.of_signed);
  const std::vector<double> p = NullDistribution(whole);
  const auto all = absl::MakeConstSpan(p);
  const size_t plus = static_cast<size_t>(std::llround(ranks.plus_signed / whole.step));
  const double less = Sum(all.subspan(0, plus + 1));
  const double greater = Sum(all.subspan(plus));
  if (alternative == Alternative::kLess) return less;
  if (alternative == Alternative::kGreater) return greater;
  return 2 * std::min(less, greater);  // Over 1 at the centre; cut by the caller.
}

// The continuity correction moves the statistic half a step towards its mean.
double ApproximateP(const SignedRanks& ranks, double statistic, const WilcoxonOptions& options) {
  const auto squares = [](double n) { return n * (n + 1) * (2 * n + 1); };
  double mean = ranks.count * (ranks.count + 1) / 4;
  double variance = squares(ranks.count);
  if (options.zeros == Zeros::kPratt) {  // Cureton 1967.
    mean -= ranks.zeros * (ranks.zeros + 1) / 4;
    variance -= squares(ranks.zeros);
  }
  variance = (variance - ranks.tie_term / 2) / 24;
  double step = 0;
  if (options.continuity) {
    step = options.alternative == Alternative::kLess ? -0.5 : 0.5;
    if (options.alternative == Alternative::kTwoSided) {
      step = statistic > mean ? 0.5 : statistic < mean ? -0.5 : 0;
    }
  }
  return NormalP((statistic - mean - step) / std::sqrt(variance), options.alternative);
}

Defined<bool> IsExact(size_t n, Method method) {
  if (method == Method::kNormal) return false;
  if (method == Method::kAuto) return n <= 50;
  if (n > kMaxExact) return Undefined("the exact distribution is for fewer pairs");
  return true;
}

}  // namespace

Defined<TestResult> Wilcoxon(absl::Span<const double> differences, const WilcoxonOptions& options) {
  GYRUS_RETURN_IF_ERROR(CheckFinite(differences));
  if (differences.empty()) return Undefined("there are no pairs");
  const size_t zeros = std::count(differences.begin(), differences.end(), 0.0);
  if (zeros == differences.size()) return Undefined("every difference is zero");
  GYRUS_ASSIGN_OR_RETURN(const bool exact, IsExact(differences.size(), options.method));
  std::vector<double> ranked(differences.begin(), differences.end());
  if (options.zeros == Zeros::kDrop) std::erase(ranked, 0.0);
  const SignedRanks ranks = RankSigned(ranked, options.zeros);
  const bool two_sided = options.alternative == Alternative::kTwoSided;
  const double statistic = two_sided ? std::min(ranks.plus, ranks.minus) : ranks.plus;
  const double p =
      exact ? ExactP(ranks, options.alternative) : ApproximateP(ranks, statistic, options);
  TestResult result{.test = "Wilcoxon signed-rank test",
                    .variant = absl::StrCat(NameOf(options.alternative), ", ",
                                            !exact           ? "normal approximation"
                                            : ranks.tied > 0 ? "exact over the signs of mid-ranks"
                                                             : "exact"),
                    .statistic_name = two_sided ? "T" : "W+",
                    .statistic = statistic,
                    .p = std::clamp(p, 0.0, 1.0),
                    .n = {differences.size()},
                    .ties = ranks.tied,
                    .zeros = zeros};
  if (!exact) result.correction = options.continuity ? "ties and continuity" : "ties";
  if (zeros > 0) {
    absl::StrAppend(&result.variant, options.zeros == Zeros::kDrop    ? ", zeros dropped"
                                     : options.zeros == Zeros::kPratt ? ", zeros by Pratt"
                                                                      : ", zeros split");
  }
  return result;
}

Defined<TestResult> Wilcoxon(absl::Span<const double> a, absl::Span<const double> b,
                             const WilcoxonOptions& options) {
  GYRUS_RETURN_IF_ERROR(CheckPairs(a, b));
  return Wilcoxon(Differences(a, b), options);
}

}  // namespace gyrus

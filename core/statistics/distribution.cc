#include "core/statistics/distribution.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "boost/math/distributions/beta.hpp"
#include "boost/math/distributions/binomial.hpp"
#include "boost/math/distributions/chi_squared.hpp"
#include "boost/math/distributions/fisher_f.hpp"
#include "boost/math/distributions/non_central_t.hpp"
#include "boost/math/distributions/normal.hpp"
#include "boost/math/distributions/students_t.hpp"
#include "boost/math/tools/toms748_solve.hpp"

namespace gyrus {
namespace {

namespace math = boost::math;
namespace policies = boost::math::policies;

using Policy = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>, policies::promote_double<false>>;

using Normal = math::normal_distribution<double, Policy>;
using Student = math::students_t_distribution<double, Policy>;
using Beta = math::beta_distribution<double, Policy>;

constexpr double kMaxNoncentral = 3e4;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double NormalSurvival(double z) { return cdf(complement(Normal(), z)); }
double NormalCdf(double z) { return cdf(Normal(), z); }
double NormalQuantile(double p) { return quantile(Normal(), p); }

double StudentSurvival(double t, double df) { return cdf(complement(Student(df), t)); }
double StudentQuantile(double p, double df) { return quantile(Student(df), p); }

double FSurvival(double f, double df_above, double df_below) {
  return cdf(complement(math::fisher_f_distribution<double, Policy>(df_above, df_below), f));
}

double ChiSquaredSurvival(double x, double df) {
  return cdf(complement(math::chi_squared_distribution<double, Policy>(df), x));
}

double BetaSurvival(double x, double a, double b) { return cdf(complement(Beta(a, b), x)); }
double BetaQuantile(double p, double a, double b) { return quantile(Beta(a, b), p); }

double BinomialCdf(double successes, double trials, double probability) {
  return cdf(math::binomial_distribution<double, Policy>(trials, probability), successes);
}

double NoncentralStudentCdf(double t, double df, double noncentrality) {
  // Boost squares it to an int, and throws where that does not fit.
  if (!(std::abs(noncentrality) < kMaxNoncentral)) return kNone;
  return cdf(math::non_central_t_distribution<double, Policy>(df, noncentrality), t);
}

double NoncentralityFor(double t, double df, double probability) {
  // The cdf falls as the noncentrality grows.
  const auto excess = [&](double noncentrality) {
    return NoncentralStudentCdf(t, df, noncentrality) - probability;
  };
  double lower = t - 1;
  double upper = t + 1;
  for (double step = 1; excess(lower) < 0; step *= 2) lower -= step;
  for (double step = 1; excess(upper) > 0; step *= 2) upper += step;
  if (!(excess(lower) >= 0 && excess(upper) <= 0)) return kNone;
  std::uintmax_t steps = 200;
  const auto [below, above] = math::tools::toms748_solve(
      excess, lower, upper, math::tools::eps_tolerance<double>(45), steps, Policy());
  return below + (above - below) / 2;
}

double NormalP(double z, Alternative alternative) {
  if (alternative == Alternative::kTwoSided) return 2 * NormalSurvival(std::abs(z));
  return alternative == Alternative::kGreater ? NormalSurvival(z) : NormalCdf(z);
}

double StudentP(double t, double df, Alternative alternative) {
  if (alternative == Alternative::kTwoSided) return 2 * StudentSurvival(std::abs(t), df);
  return StudentSurvival(alternative == Alternative::kGreater ? t : -t, df);
}

}  // namespace gyrus

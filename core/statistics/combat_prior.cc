#include "core/statistics/combat_prior.h"

#include <algorithm>
#include <cmath>

#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/moments.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

constexpr double kRounding = 1e-12;  // Rounding in the variance of equal values.
constexpr double kSettled = 1e-4;
constexpr int kMaxSteps = 100'000;

}  // namespace

SiteEffect RawSiteEffect(const SiteFeatures& features) {
  SiteEffect raw;
  for (const std::vector<double>& values : features) {
    const double n = static_cast<double>(values.size());
    const double variance = SumOfSquaredDeviations(values) / (n - 1);
    raw.gamma.push_back(Sum(values) / n);
    raw.delta.push_back(variance == 0 ? 1 : variance);
  }
  return raw;
}

Defined<SitePrior> PriorOf(const SiteEffect& raw) {
  if (raw.gamma.size() < 2) return Undefined("empirical Bayes needs two features or more");
  const auto [least, most] = std::minmax_element(raw.delta.begin(), raw.delta.end());
  if (*most - *least <= kRounding * *most) return Undefined("all features have one variance");
  GYRUS_ASSIGN_OR_RETURN(const double gamma_bar, Mean(raw.gamma));
  GYRUS_ASSIGN_OR_RETURN(const double tau_squared, Variance(raw.gamma, 1));
  GYRUS_ASSIGN_OR_RETURN(const double m, Mean(raw.delta));
  GYRUS_ASSIGN_OR_RETURN(const double s2, Variance(raw.delta, 1));
  return SitePrior{gamma_bar, tau_squared, (2 * s2 + m * m) / s2, (m * s2 + m * m * m) / s2};
}

Defined<SiteEffect> Shrink(const SiteFeatures& features, const SiteEffect& raw,
                           const SitePrior& prior) {
  SiteEffect now = raw;
  for (int step = 0; step < kMaxSteps; ++step) {
    double change = -1;
    for (size_t f = 0; f < features.size(); ++f) {
      const double n = static_cast<double>(features[f].size());
      const double weight = prior.tau_squared * n;
      const double gamma =
          (weight * raw.gamma[f] + now.delta[f] * prior.gamma_bar) / (weight + now.delta[f]);
      double squares = 0;
      for (const double value : features[f]) squares += (value - gamma) * (value - gamma);
      const double delta = (squares / 2 + prior.b) / (n / 2 + prior.a - 1);
      change = std::max({change, std::abs(gamma - now.gamma[f]) / now.gamma[f],
                         std::abs(delta - now.delta[f]) / now.delta[f]});
      now.gamma[f] = gamma;
      now.delta[f] = delta;
    }
    if (!(change > kSettled)) return now;
  }
  return Undefined("the shifts and scales of its features do not settle");
}

}  // namespace gyrus

// The empirical Bayes step of ComBat, for one site.
#pragma once

#include <vector>

#include "absl/status/statusor.h"

namespace gyrus {

// The standardised values of each feature of one site's scans, two or more.
using SiteFeatures = std::vector<std::vector<double>>;

// By feature.
struct SiteEffect {
  std::vector<double> gamma;  // Mean.
  std::vector<double> delta;  // Variance, with n - 1 below; 1 in place of 0.
};

SiteEffect RawSiteEffect(const SiteFeatures& features);

// Of gamma a normal, of delta an inverse gamma distribution over features, from
// their moments.
struct SitePrior {
  double gamma_bar = 0;
  double tau_squared = 0;
  double a = 0;
  double b = 0;
};

// FAILED_PRECONDITION: fewer than two features, or all deltas are one.
absl::StatusOr<SitePrior> PriorOf(const SiteEffect& raw);

// Posterior means, in turn until no value changes by more than 1e-4 of itself.
// As in neuroCombat the change is over a signed value, so that one below zero
// never holds the iteration up.
// FAILED_PRECONDITION: they do not settle.
absl::StatusOr<SiteEffect> Shrink(const SiteFeatures& features, const SiteEffect& raw,
                                  const SitePrior& prior);

}  // namespace gyrus

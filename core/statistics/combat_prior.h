// The empirical Bayes step of ComBat (combat.h), for one site: the site's shift and scale
// of each feature are drawn towards those of its other features.
#pragma once

#include <vector>

#include "core/statistics/defined.h"

namespace gyrus {

// The standardised values of each feature of one site's scans, two or more.
using SiteFeatures = std::vector<std::vector<double>>;

// The shift and the scale of a site, for each feature.
struct SiteEffect {
  std::vector<double> gamma;  // The mean.
  // The variance, with the denominator n - 1. A variance of 0 is replaced by 1.
  std::vector<double> delta;
};

SiteEffect RawSiteEffect(const SiteFeatures& features);

// The distributions over features, fitted to the moments: gamma has a normal, delta an
// inverse gamma distribution.
struct SitePrior {
  double gamma_bar = 0;
  double tau_squared = 0;
  double a = 0;
  double b = 0;
};

// Undefined: there are fewer than two features, or all deltas are equal.
Defined<SitePrior> PriorOf(const SiteEffect& raw);

// The posterior means. Gamma and delta are computed in turn until no value changes by more
// than 1e-4 of itself. As in neuroCombat, the change is divided by the signed value, so
// that a value below zero never prolongs the iteration.
// Undefined: the iteration does not converge.
Defined<SiteEffect> Shrink(const SiteFeatures& features, const SiteEffect& raw,
                           const SitePrior& prior);

}  // namespace gyrus

// How well two methods, visits or raters agree. Errors: checks.h.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/interval.h"

namespace gyrus {

// Of the differences second - first: predictions and targets, or two scans.
struct BlandAltman {
  size_t n = 0;
  double bias = 0;  // Their mean,
  double sd = 0;    // and spread, with n - 1 below.
  Interval limits;  // bias -+ 1.96 sd
};

// n/a: fewer than two pairs.
absl::StatusOr<BlandAltman> BlandAltmanOf(absl::Span<const double> first,
                                          absl::Span<const double> second);

// Intraclass correlations of single ratings (Shrout and Fleiss 1979); rows are
// raters (or visits, or seeds), columns the subjects that all of them rated.
struct IntraclassCorrelation {
  // ICC(2,1): raters are a sample, agreement counts. n/a: 0 below the line.
  absl::StatusOr<double> absolute{};
  double consistency = 0;  // ICC(3,1): raters are fixed, their offsets do not count.
  size_t raters = 0;
  size_t subjects = 0;
};

// n/a: fewer than two subjects, or all ratings are one value.
absl::StatusOr<IntraclassCorrelation> IntraclassCorrelationOf(
    absl::Span<const absl::Span<const double>> raters);

// BASE's reproducibility over seeds: the mean over scans (columns) of the spread
// over seeds (rows), with seeds - 1 below.
absl::StatusOr<double> MeanSpreadOverSeeds(absl::Span<const absl::Span<const double>> seeds);

}  // namespace gyrus

// Measures how well two methods, two scanning sessions or several raters agree about the
// same subjects. checks.h describes the errors.
#pragma once

#include <cstddef>

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/interval.h"

namespace gyrus {

// The analysis of Bland and Altman of the differences second - first, for example of
// predictions and targets, or of two scans.
struct BlandAltman {
  size_t n = 0;
  double bias = 0;  // The mean of the differences.
  double sd = 0;    // Their standard deviation, with the denominator n - 1.
  Interval limits;  // bias -+ 1.96 sd
};

// Undefined: there are fewer than two pairs.
Defined<BlandAltman> BlandAltmanOf(absl::Span<const double> first, absl::Span<const double> second);

// Intraclass correlations of single ratings (Shrout and Fleiss 1979).
struct IntraclassCorrelation {
  // ICC(2,1): the raters are a sample, and absolute agreement counts. Undefined: the
  // denominator is 0.
  Defined<double> absolute{};
  // ICC(3,1): the raters are fixed, and constant differences between them do not count.
  double consistency = 0;
  size_t raters = 0;
  size_t subjects = 0;
};

// Rows are raters (or sessions, or seeds); columns are the subjects that all of them
// rated. Undefined: there are fewer than two subjects, or all ratings are equal.
Defined<IntraclassCorrelation> IntraclassCorrelationOf(
    absl::Span<const absl::Span<const double>> raters);

// The reproducibility over seeds as BASE (Dinsdale et al.) defines it: the mean over
// scans (columns) of the standard deviation over seeds (rows), with the denominator
// seeds - 1.
Defined<double> MeanSpreadOverSeeds(absl::Span<const absl::Span<const double>> seeds);

}  // namespace gyrus

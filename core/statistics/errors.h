// Measures how far predictions are from targets, by the errors
// e = prediction - target.
//
// All are undefined without items; checks.h describes the errors. Applied to changes
// (later minus earlier, of targets and of predictions), the same functions give the
// longitudinal MdE and MAdE of BASE (Dinsdale et al.).
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "core/statistics/defined.h"

namespace gyrus {

// The mean of |e|.
Defined<double> MeanAbsoluteError(absl::Span<const double> targets,
                                  absl::Span<const double> predictions);
// The standard deviation of |e|, with the denominator n - 1. Undefined: n < 2.
Defined<double> AbsoluteErrorSd(absl::Span<const double> targets,
                                absl::Span<const double> predictions);
Defined<double> MedianAbsoluteError(absl::Span<const double> targets,
                                    absl::Span<const double> predictions);
// The square root of the mean of e^2.
Defined<double> RootMeanSquaredError(absl::Span<const double> targets,
                                     absl::Span<const double> predictions);
// The mean of e: the bias.
Defined<double> MeanError(absl::Span<const double> targets, absl::Span<const double> predictions);
// 1 - sum e^2 / sum (target - mean target)^2. It is below 0 when the predictions are
// worse than that mean; it is not the square of a correlation. Undefined: the targets do
// not vary.
Defined<double> R2(absl::Span<const double> targets, absl::Span<const double> predictions);
// R2 after the bias has been subtracted from the predictions.
Defined<double> ExplainedVariance(absl::Span<const double> targets,
                                  absl::Span<const double> predictions);
// MAE / (largest - smallest target), by which de Lange et al. 2022 compare cohorts with
// different ranges of age. Undefined: the targets do not vary.
Defined<double> WeightedMeanAbsoluteError(absl::Span<const double> targets,
                                          absl::Span<const double> predictions);

// CS(alpha) = 100 * mean(|e| <= alpha), for each of `alphas`.
// INVALID_ARGUMENT: an alpha is negative.
Defined<std::vector<double>> CumulativeScores(absl::Span<const double> targets,
                                              absl::Span<const double> predictions,
                                              absl::Span<const double> alphas);

struct Line {
  double slope = 0;
  double intercept = 0;
};

// The line of y on x by least squares. Undefined: x does not vary.
Defined<Line> FitLine(absl::Span<const double> x, absl::Span<const double> y);

}  // namespace gyrus

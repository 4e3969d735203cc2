// How far predictions are from targets. With e = prediction - target.
//
// n/a without items, beside what is said. Errors: checks.h. Of changes (later
// minus earlier, targets and predictions alike) the same functions give BASE's
// longitudinal MdE and MAdE.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace gyrus {

// mean |e|
absl::StatusOr<double> MeanAbsoluteError(absl::Span<const double> targets,
                                         absl::Span<const double> predictions);
// Of |e|, with n - 1 below. n/a: n < 2.
absl::StatusOr<double> AbsoluteErrorSd(absl::Span<const double> targets,
                                       absl::Span<const double> predictions);
absl::StatusOr<double> MedianAbsoluteError(absl::Span<const double> targets,
                                           absl::Span<const double> predictions);
// sqrt(mean e^2)
absl::StatusOr<double> RootMeanSquaredError(absl::Span<const double> targets,
                                            absl::Span<const double> predictions);
// mean e: the bias.
absl::StatusOr<double> MeanError(absl::Span<const double> targets,
                                 absl::Span<const double> predictions);
// 1 - sum e^2 / sum (target - mean target)^2, below 0 when worse than that mean:
// not the square of a correlation. n/a: the targets have one value.
absl::StatusOr<double> R2(absl::Span<const double> targets, absl::Span<const double> predictions);
// R2 of predictions freed of their bias.
absl::StatusOr<double> ExplainedVariance(absl::Span<const double> targets,
                                         absl::Span<const double> predictions);
// MAE / (greatest - least target), as de Lange et al. 2022 compare cohorts of
// different age ranges. n/a: the targets have one value.
absl::StatusOr<double> WeightedMeanAbsoluteError(absl::Span<const double> targets,
                                                 absl::Span<const double> predictions);

// CS(alpha) = 100 * mean(|e| <= alpha), for each of `alphas`.
// INVALID_ARGUMENT: an alpha is negative.
absl::StatusOr<std::vector<double>> CumulativeScores(absl::Span<const double> targets,
                                                     absl::Span<const double> predictions,
                                                     absl::Span<const double> alphas);

struct Line {
  double slope = 0;
  double intercept = 0;
};

// Least squares of y on x. n/a: x has one value.
absl::StatusOr<Line> FitLine(absl::Span<const double> x, absl::Span<const double> y);

}  // namespace gyrus

// Metrics of decisions between two classes, 1 (positive) and 0. A ratio whose denominator
// is 0 is undefined and never 0: a fold with one class only has no sensitivity or no
// specificity. checks.h describes the errors.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"

namespace gyrus {

struct Confusion {
  uint64_t true_positives = 0;
  uint64_t false_positives = 0;
  uint64_t true_negatives = 0;
  uint64_t false_negatives = 0;

  uint64_t total() const {
    return true_positives + false_positives + true_negatives + false_negatives;
  }
};

// INVALID_ARGUMENT: the lengths differ, a label is neither 0 nor 1, or a score is not a
// finite number.
absl::Status CheckLabels(absl::Span<const int> labels, absl::Span<const double> scores);

// A score of `threshold` or more is decided to be positive. The errors are those of
// CheckLabels().
absl::StatusOr<Confusion> ConfusionAt(absl::Span<const int> labels, absl::Span<const double> scores,
                                      double threshold = 0.5);

Defined<double> Accuracy(const Confusion& c);
Defined<double> Sensitivity(const Confusion& c);
Defined<double> Specificity(const Confusion& c);
// The mean of sensitivity and specificity. Undefined: one of them is.
Defined<double> BalancedAccuracy(const Confusion& c);
Defined<double> PositivePredictiveValue(const Confusion& c);
Defined<double> NegativePredictiveValue(const Confusion& c);
Defined<double> F1(const Confusion& c);
// Undefined: a class is missing among the labels or among the decisions.
Defined<double> MatthewsCorrelation(const Confusion& c);
// Undefined: all labels and decisions are of one class, so that chance alone would agree
// on everything.
Defined<double> CohensKappa(const Confusion& c);

}  // namespace gyrus

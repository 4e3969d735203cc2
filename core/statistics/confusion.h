// Two classes, 1 (positive) and 0, and decisions between them. A ratio with
// nothing below the line is n/a, never 0: a fold of one class has no
// sensitivity or no specificity. Errors: checks.h.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

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

// INVALID_ARGUMENT: lengths differ, a label is neither 0 nor 1, a score is not
// finite.
absl::Status CheckLabels(absl::Span<const int> labels, absl::Span<const double> scores);

// Positive is a score of `threshold` or more.
absl::StatusOr<Confusion> ConfusionAt(absl::Span<const int> labels, absl::Span<const double> scores,
                                      double threshold = 0.5);

absl::StatusOr<double> Accuracy(const Confusion& c);
absl::StatusOr<double> Sensitivity(const Confusion& c);
absl::StatusOr<double> Specificity(const Confusion& c);
// Mean of the two; n/a where one of them is.
absl::StatusOr<double> BalancedAccuracy(const Confusion& c);
absl::StatusOr<double> PositivePredictiveValue(const Confusion& c);
absl::StatusOr<double> NegativePredictiveValue(const Confusion& c);
absl::StatusOr<double> F1(const Confusion& c);
// n/a where a class is missing among labels or decisions.
absl::StatusOr<double> MatthewsCorrelation(const Confusion& c);
// n/a where chance alone agrees on everything.
absl::StatusOr<double> CohensKappa(const Confusion& c);

}  // namespace gyrus

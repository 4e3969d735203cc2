// Scores as a ranking of positives (1) over negatives (0). Errors: checks.h;
// n/a where a class is missing.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/interval.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// (concordant + ties / 2) / pairs of a positive and a negative.
absl::StatusOr<double> AreaUnderRoc(absl::Span<const int> labels, absl::Span<const double> scores);

// DeLong, DeLong and Clarke-Pearson 1988.
struct DeLong {
  double auc = 0;
  double variance = 0;
  size_t positives = 0;
  size_t negatives = 0;
  Interval interval;                          // auc -+ z * se, cut to [0, 1].
  absl::StatusOr<Interval> logit_interval{};  // n/a for an AUC of 0 or 1.
};

// n/a: fewer than two of a class.
absl::StatusOr<DeLong> DeLongOf(absl::Span<const int> labels, absl::Span<const double> scores,
                                double level = 0.95);

struct DeLongPair {
  DeLong first;
  DeLong second;
  double covariance = 0;
  TestResult test;  // z of first - second, two-sided.
};

// Of two scores of the same items. n/a: besides, both rank the items alike.
absl::StatusOr<DeLongPair> CompareRoc(absl::Span<const int> labels, absl::Span<const double> first,
                                      absl::Span<const double> second);

// sum (recall - recall before) * precision over falling thresholds, as
// scikit-learn. n/a: no positive.
absl::StatusOr<double> AveragePrecision(absl::Span<const int> labels,
                                        absl::Span<const double> scores);

struct RocPoint {
  double threshold = 0;  // Positive is a score of this or more; first infinity.
  double false_positive_rate = 0;
  double sensitivity = 0;
};

// From (0, 0) to (1, 1), a point for each different score.
absl::StatusOr<std::vector<RocPoint>> RocCurve(absl::Span<const int> labels,
                                               absl::Span<const double> scores);

// The score that, as an inclusive threshold, makes sensitivity + specificity
// largest; of equals the highest. To be chosen on the training part, and then
// applied to the test part.
absl::StatusOr<double> YoudenThreshold(absl::Span<const int> labels,
                                       absl::Span<const double> scores);

}  // namespace gyrus

// Measures how well scores rank positive items (1) above negative ones (0). checks.h
// describes the errors. All are undefined if a class is missing.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "core/statistics/interval.h"
#include "core/statistics/test_result.h"

namespace gyrus {

// The share of pairs of a positive and a negative item in which the positive one has the
// higher score; ties count half.
Defined<double> AreaUnderRoc(absl::Span<const int> labels, absl::Span<const double> scores);

// The AUC with its variance, by DeLong, DeLong and Clarke-Pearson 1988.
struct DeLong {
  double auc = 0;
  double variance = 0;
  size_t positives = 0;
  size_t negatives = 0;
  Interval interval;                   // auc -+ z * se, cut to [0, 1].
  Defined<Interval> logit_interval{};  // Undefined for an AUC of 0 or 1.
};

// Undefined: there are fewer than two items of a class.
Defined<DeLong> DeLongOf(absl::Span<const int> labels, absl::Span<const double> scores,
                         double level = 0.95);

struct DeLongPair {
  DeLong first;
  DeLong second;
  double covariance = 0;
  TestResult test;  // z of first - second, two-sided.
};

// Compares two scores of the same items. Undefined: besides, both rank the items alike.
Defined<DeLongPair> CompareRoc(absl::Span<const int> labels, absl::Span<const double> first,
                               absl::Span<const double> second);

// The sum of (recall - previous recall) * precision over descending thresholds, as in
// scikit-learn. Undefined: no item is positive.
Defined<double> AveragePrecision(absl::Span<const int> labels, absl::Span<const double> scores);

struct RocPoint {
  // A score of this or more is decided to be positive. The first is infinity.
  double threshold = 0;
  double false_positive_rate = 0;
  double sensitivity = 0;
};

// The curve from (0, 0) to (1, 1), with one point for each different score.
Defined<std::vector<RocPoint>> RocCurve(absl::Span<const int> labels,
                                        absl::Span<const double> scores);

// The score that, as an inclusive threshold, gives the largest sum of sensitivity and
// specificity; if several do, the highest of them. It must be chosen on the training
// part, and then applied to the test part.
Defined<double> YoudenThreshold(absl::Span<const int> labels, absl::Span<const double> scores);

}  // namespace gyrus

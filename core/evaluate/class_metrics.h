// Metrics of predicted classes. If there are two classes, the second one is the positive
// one, and an item is decided to be positive if its probability is 0.5 or more.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct ClassItems {
  std::vector<int> labels;
  std::vector<int> decisions;
  std::vector<std::vector<double>> probabilities;  // By item, then class.
  size_t classes = 0;                              // 0 without items.

  // The probabilities of the second of two classes.
  std::vector<double> Scores() const;
};

// The predicted class: the second of two if its probability is 0.5 or more, otherwise the
// class with the largest probability (the first of several).
int DecisionOf(absl::Span<const double> probabilities);

// All predictions must have a target.
// INVALID_ARGUMENT: a target is not a class, or probabilities are missing, not from 0 to
// 1, or not as many as those of the first item. The message has the item.
absl::StatusOr<ClassItems> ClassItemsOf(absl::Span<const v1::Prediction* const> predictions);

// core/statistics/confusion.h, roc.h and calibration.h have the definitions for two
// classes. With more than two, accuracy, balanced accuracy (the mean recall of the
// classes that occur) and log loss are defined. INVALID_ARGUMENT: the metric is not one
// of classes.
Defined<double> ClassMetric(v1::Metric metric, const ClassItems& items);

}  // namespace gyrus

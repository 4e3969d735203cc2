// Metrics of predicted classes. Of two classes the second is the positive one,
// and an item is called positive where its probability is 0.5 or more.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct ClassItems {
  std::vector<int> labels;
  std::vector<int> decisions;
  std::vector<std::vector<double>> probabilities;  // By item, then class.
  size_t classes = 0;                              // 0 without items.

  // Of the second of two classes.
  std::vector<double> Scores() const;
};

// The class that `probabilities` speak for.
int DecisionOf(absl::Span<const double> probabilities);

// All predictions have a target.
// INVALID_ARGUMENT: a target is no class, or probabilities are missing, not from
// 0 to 1, or not as many as those of the first item. Names the item.
absl::StatusOr<ClassItems> ClassItemsOf(absl::Span<const v1::Prediction* const> predictions);

// Definitions: core/statistics/confusion.h, roc.h and calibration.h. Of more
// than two classes accuracy, balanced accuracy (mean recall of the classes that
// there are) and log loss; n/a: the others, and whatever has nothing below the
// line. INVALID_ARGUMENT: a metric that is not of classes.
absl::StatusOr<double> ClassMetric(v1::Metric metric, const ClassItems& items);

}  // namespace gyrus

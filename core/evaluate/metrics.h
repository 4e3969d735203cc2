// Metrics of predictions, and their mean and spread over folds.
//
// In double, summed in the order given, so equal input gives equal bits. What
// is undefined is absent, never NaN. Definitions: core/statistics/errors.h and
// correlation.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// All there are, in the order of tables.
inline constexpr std::array<v1::Metric, 4> kMetrics = {v1::METRIC_MAE, v1::METRIC_RMSE,
                                                       v1::METRIC_R2, v1::METRIC_PEARSON};

std::optional<double> ValueOf(const v1::Metrics& metrics, v1::Metric metric);
// Without a value: clears it.
void SetValue(v1::Metrics& metrics, v1::Metric metric, std::optional<double> value);

// With e = prediction - target over n items:
//  * MAE: mean |e|; RMSE: sqrt(mean e^2). Absent for n = 0.
//  * R2: 1 - sum e^2 / sum (target - mean target)^2. Absent for n < 2 or
//    targets of one value. Below 0 when worse than the mean of the targets.
//  * Pearson: absent for n < 2, or when targets or predictions have one value.
// INVALID_ARGUMENT: a target or prediction is not finite; names the item.
absl::StatusOr<v1::Metrics> ComputeMetrics(absl::Span<const v1::Prediction> predictions);

// Metrics of predicting the mean of the training targets for every test item.
// INVALID_ARGUMENT: there are no training targets, or one is not finite.
absl::StatusOr<v1::Metrics> BaselineMetrics(absl::Span<const double> train_targets,
                                            absl::Span<const double> test_targets);

// Of each metric, over the folds in which it is defined. Whoever prints it must
// say so where those are not all.
v1::Metrics MeanOver(absl::Span<const v1::Metrics> folds);
v1::Metrics StandardDeviationOver(absl::Span<const v1::Metrics> folds, uint32_t ddof);

}  // namespace gyrus

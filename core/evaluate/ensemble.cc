#include "core/evaluate/ensemble.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/class_metrics.h"
#include "core/evaluate/metrics.h"
#include "core/spec/metric.h"

namespace gyrus {
namespace {

absl::Status Differ(const v1::Prediction& prediction) {
  return absl::InternalError(absl::StrCat("combining networks into an ensemble: item '",
                                          prediction.item(),
                                          "' was not predicted by all networks in the same way"));
}

// Adds to the sums; `other` is of the same item.
absl::Status Add(const v1::Prediction& other, v1::Prediction& sum) {
  if (other.item() != sum.item() || other.has_target() != sum.has_target() ||
      other.target() != sum.target() || other.has_prediction() != sum.has_prediction() ||
      other.probabilities_size() != sum.probabilities_size()) {
    return Differ(other);
  }
  sum.set_prediction(sum.prediction() + other.prediction());
  for (int c = 0; c < other.probabilities_size(); ++c) {
    sum.set_probabilities(c, sum.probabilities(c) + other.probabilities(c));
  }
  return absl::OkStatus();
}

// Keeps only the parts that an ensemble can average. Segmentations would need their
// probabilities, which are not stored.
v1::Prediction ScalarOf(const v1::Prediction& prediction) {
  v1::Prediction scalar = prediction;
  scalar.clear_segmentation();
  scalar.clear_reconstruction_error();
  scalar.clear_loss();
  return scalar;
}

void Divide(double networks, v1::Prediction& sum) {
  for (double& p : *sum.mutable_probabilities()) p /= networks;
  sum.set_prediction(sum.probabilities().empty() ? sum.prediction() / networks
                                                 : DecisionOf(sum.probabilities()));
}

}  // namespace

v1::Task EnsembleTask(v1::Task task) {
  task.clear_segmentation();
  task.clear_reconstruction();
  return task;
}

absl::StatusOr<std::vector<v1::Prediction>> EnsembleOf(
    absl::Span<const std::vector<v1::Prediction>> networks) {
  std::vector<v1::Prediction> ensemble;
  if (networks.empty()) return ensemble;
  for (size_t i = 0; i < networks.front().size(); ++i) {
    v1::Prediction sum = ScalarOf(networks.front()[i]);
    for (const std::vector<v1::Prediction>& network : networks.subspan(1)) {
      // All networks of an arm predict the same external items, in the same order.
      if (network.size() != networks.front().size()) return Differ(sum);
      GYRUS_RETURN_IF_ERROR(Add(network[i], sum));
    }
    Divide(static_cast<double>(networks.size()), sum);
    ensemble.push_back(std::move(sum));
  }
  return ensemble;
}

absl::StatusOr<v1::Metrics> EnsembleMetrics(const v1::Task& task,
                                            absl::Span<const v1::Metric> asked,
                                            absl::Span<const v1::Prediction> ensemble) {
  const v1::Task combined = EnsembleTask(task);
  GYRUS_ASSIGN_OR_RETURN(v1::Metrics metrics, ComputeMetrics(combined, asked, ensemble));
  for (v1::MetricValue& value : *metrics.mutable_values()) {
    const OutputKind kind = OutputKindOf(value.metric());
    if (!HasOutput(task, kind) || HasOutput(combined, kind)) continue;
    value.set_reason("label images and reconstructions are not combined in an ensemble");
  }
  return metrics;
}

}  // namespace gyrus

#include "core/evaluate/metrics.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/class_metrics.h"
#include "core/evaluate/number_metrics.h"
#include "core/spec/metric.h"
#include "core/statistics/checks.h"
#include "core/statistics/moments.h"
#include "core/statistics/summary.h"

namespace gyrus {
namespace {

using Predictions = PredictionPointers;

struct NumberItems {
  std::vector<double> targets;
  std::vector<double> predictions;
};

absl::StatusOr<NumberItems> NumberItemsOf(Predictions predictions) {
  NumberItems items;
  for (const v1::Prediction* const p : predictions) {
    if (!p->has_target()) continue;
    if (!p->has_prediction() || !std::isfinite(p->target()) || !std::isfinite(p->prediction())) {
      return absl::InvalidArgumentError(
          absl::StrCat("evaluating item '", p->item(), "': target ", p->target(), ", prediction ",
                       p->has_prediction() ? absl::StrCat(p->prediction()) : "missing",
                       "; both must be finite numbers"));
    }
    items.targets.push_back(p->target());
    items.predictions.push_back(p->prediction());
  }
  return items;
}

absl::StatusOr<ClassItems> TargetedClasses(Predictions predictions) {
  std::vector<const v1::Prediction*> targeted;
  for (const v1::Prediction* const p : predictions) {
    if (p->has_target()) targeted.push_back(p);
  }
  return ClassItemsOf(targeted);
}

Defined<double> MeanDice(Predictions predictions) {
  std::vector<double> scores;
  for (const v1::Prediction* const p : predictions) {
    for (const v1::SegmentationScore& score : p->segmentation()) {
      if (score.has_dice()) scores.push_back(score.dice());
    }
  }
  if (scores.empty()) return Undefined("no class is in an image or its labels");
  return Mean(scores);
}

Defined<double> MeanReconstructionError(Predictions predictions) {
  std::vector<double> errors;
  for (const v1::Prediction* const p : predictions) {
    if (p->has_reconstruction_error()) errors.push_back(p->reconstruction_error());
  }
  if (errors.empty()) return Undefined("there are no items");
  return Mean(errors);
}

// All that metrics of one fold are computed from.
struct Items {
  Predictions predictions;
  NumberItems numbers;
  ClassItems classes;
};

Defined<double> Compute(v1::Metric metric, const v1::Task& task, const Items& items) {
  const OutputKind kind = OutputKindOf(metric);
  if (!HasOutput(task, kind)) {
    return Undefined(absl::StrCat("the arm outputs no ", NameOf(kind)));
  }
  switch (kind) {
    case OutputKind::kNumber:
      return NumberMetric(metric, items.numbers.targets, items.numbers.predictions);
    case OutputKind::kClass:
      return ClassMetric(metric, items.classes);
    case OutputKind::kSegmentation:
      return MeanDice(items.predictions);
    case OutputKind::kReconstruction:
      break;
  }
  return MeanReconstructionError(items.predictions);
}

// Folds in which the metric is undefined are left out of mean and SD, and are counted
// beside them.
absl::Status Summarise(v1::Metric metric, absl::Span<const Defined<double>> values,
                       uint32_t sd_ddof, OverFolds& over) {
  GYRUS_ASSIGN_OR_RETURN(Summary summary, SummaryOf(values, sd_ddof));
  // The folds' own reason says more than that there is no value.
  if (summary.n == 0 && summary.undefined > 0) {
    summary.mean = summary.sd = Undefined(summary.reason);
  }
  for (const bool is_mean : {true, false}) {
    v1::Metrics& metrics = is_mean ? over.mean : over.sd;
    GYRUS_RETURN_IF_ERROR(AddValue(metric, is_mean ? summary.mean : summary.sd, metrics));
    v1::MetricValue& value = *metrics.mutable_values()->rbegin();
    if (value.has_value()) value.set_reason(summary.reason);
    value.set_folds(static_cast<uint32_t>(summary.n));
    value.set_undefined(static_cast<uint32_t>(summary.undefined));
  }
  return absl::OkStatus();
}

}  // namespace

const v1::MetricValue* FindMetric(const v1::Metrics& metrics, v1::Metric metric) {
  for (const v1::MetricValue& value : metrics.values()) {
    if (value.metric() == metric) return &value;
  }
  return nullptr;
}

std::optional<double> ValueOf(const v1::Metrics& metrics, v1::Metric metric) {
  const v1::MetricValue* const found = FindMetric(metrics, metric);
  if (found == nullptr || !found->has_value()) return std::nullopt;
  return found->value();
}

Defined<double> ValueOrReason(const v1::MetricValue& value) {
  if (value.has_value()) return value.value();
  return Undefined(value.reason());
}

absl::Status AddValue(v1::Metric metric, const Defined<double>& value, v1::Metrics& metrics) {
  GYRUS_RETURN_IF_ERROR(value.status().error());
  v1::MetricValue& added = *metrics.add_values();
  added.set_metric(metric);
  if (value.ok()) {
    added.set_value(*value);
  } else {
    added.set_reason(value.status().message());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Metrics> ComputeMetrics(const v1::Task& task, absl::Span<const v1::Metric> asked,
                                           PredictionPointers predictions) {
  Items items{.predictions = predictions};
  if (HasOutput(task, OutputKind::kNumber)) {
    GYRUS_ASSIGN_OR_RETURN(items.numbers, NumberItemsOf(predictions));
  }
  if (HasOutput(task, OutputKind::kClass)) {
    GYRUS_ASSIGN_OR_RETURN(items.classes, TargetedClasses(predictions));
  }
  v1::Metrics metrics;
  for (const v1::Metric metric : asked) {
    GYRUS_RETURN_IF_ERROR(AddValue(metric, Compute(metric, task, items), metrics));
  }
  return metrics;
}

absl::StatusOr<v1::Metrics> ComputeMetrics(const v1::Task& task, absl::Span<const v1::Metric> asked,
                                           absl::Span<const v1::Prediction> predictions) {
  std::vector<const v1::Prediction*> pointers;
  for (const v1::Prediction& prediction : predictions) pointers.push_back(&prediction);
  return ComputeMetrics(task, asked, PredictionPointers(pointers));
}

absl::StatusOr<OverFolds> SummariseFolds(absl::Span<const v1::Metrics> folds, uint32_t sd_ddof) {
  OverFolds over;
  if (folds.empty()) return over;
  for (const v1::MetricValue& first : folds.front().values()) {
    std::vector<Defined<double>> values;
    for (const v1::Metrics& fold : folds) {
      const v1::MetricValue* const found = FindMetric(fold, first.metric());
      if (found != nullptr) values.push_back(ValueOrReason(*found));
    }
    GYRUS_RETURN_IF_ERROR(Summarise(first.metric(), values, sd_ddof, over));
  }
  return over;
}

}  // namespace gyrus

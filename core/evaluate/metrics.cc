#include "core/evaluate/metrics.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/statistics/checks.h"
#include "core/statistics/correlation.h"
#include "core/statistics/errors.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

using Values = absl::Span<const double>;

v1::Metrics MetricsOf(Values targets, Values predictions) {
  v1::Metrics metrics;
  SetValue(metrics, v1::METRIC_MAE, IfDefined(MeanAbsoluteError(targets, predictions)));
  SetValue(metrics, v1::METRIC_RMSE, IfDefined(RootMeanSquaredError(targets, predictions)));
  SetValue(metrics, v1::METRIC_R2, IfDefined(R2(targets, predictions)));
  SetValue(metrics, v1::METRIC_PEARSON, IfDefined(PearsonR(targets, predictions)));
  return metrics;
}

// Applies `summary` to the values of each metric that are there.
template <typename Summary>
v1::Metrics Summarise(absl::Span<const v1::Metrics> folds, Summary summary) {
  v1::Metrics result;
  for (const v1::Metric metric : kMetrics) {
    std::vector<double> values;
    for (const v1::Metrics& fold : folds) {
      if (const auto value = ValueOf(fold, metric)) values.push_back(*value);
    }
    SetValue(result, metric, IfDefined(summary(values)));
  }
  return result;
}

}  // namespace

std::optional<double> ValueOf(const v1::Metrics& metrics, v1::Metric metric) {
  const auto value = [](bool there, double number) {
    return there ? std::optional<double>(number) : std::nullopt;
  };
  switch (metric) {
    case v1::METRIC_MAE:
      return value(metrics.has_mae(), metrics.mae());
    case v1::METRIC_RMSE:
      return value(metrics.has_rmse(), metrics.rmse());
    case v1::METRIC_R2:
      return value(metrics.has_r2(), metrics.r2());
    case v1::METRIC_PEARSON:
      return value(metrics.has_pearson(), metrics.pearson());
    default:
      return std::nullopt;
  }
}

void SetValue(v1::Metrics& metrics, v1::Metric metric, std::optional<double> value) {
  switch (metric) {
    case v1::METRIC_MAE:
      value ? metrics.set_mae(*value) : metrics.clear_mae();
      break;
    case v1::METRIC_RMSE:
      value ? metrics.set_rmse(*value) : metrics.clear_rmse();
      break;
    case v1::METRIC_R2:
      value ? metrics.set_r2(*value) : metrics.clear_r2();
      break;
    case v1::METRIC_PEARSON:
      value ? metrics.set_pearson(*value) : metrics.clear_pearson();
      break;
    default:
      break;
  }
}

absl::StatusOr<v1::Metrics> ComputeMetrics(absl::Span<const v1::Prediction> predictions) {
  std::vector<double> targets;
  std::vector<double> predicted;
  for (const v1::Prediction& p : predictions) {
    if (!std::isfinite(p.target()) || !std::isfinite(p.prediction())) {
      return absl::InvalidArgumentError(absl::StrCat("evaluating item '", p.item(), "': target ",
                                                     p.target(), ", prediction ", p.prediction(),
                                                     "; both must be finite numbers"));
    }
    targets.push_back(p.target());
    predicted.push_back(p.prediction());
  }
  return MetricsOf(targets, predicted);
}

absl::StatusOr<v1::Metrics> BaselineMetrics(absl::Span<const double> train_targets,
                                            absl::Span<const double> test_targets) {
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(train_targets.begin(), train_targets.end(), finite) ||
      !std::all_of(test_targets.begin(), test_targets.end(), finite)) {
    return absl::InvalidArgumentError("evaluating the baseline: a target is not a finite number");
  }
  const absl::StatusOr<double> mean = Mean(train_targets);
  if (!mean.ok()) {
    return absl::InvalidArgumentError("evaluating the baseline: there are no training targets");
  }
  return MetricsOf(test_targets, std::vector<double>(test_targets.size(), *mean));
}

v1::Metrics MeanOver(absl::Span<const v1::Metrics> folds) {
  return Summarise(folds, [](Values values) { return Mean(values); });
}

v1::Metrics StandardDeviationOver(absl::Span<const v1::Metrics> folds, uint32_t ddof) {
  return Summarise(folds, [ddof](Values values) { return StandardDeviation(values, ddof); });
}

}  // namespace gyrus

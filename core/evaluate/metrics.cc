#include "core/evaluate/metrics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

using Values = absl::Span<const double>;

// Sums of huge or tiny values may leave the range of double; then there is no
// answer to give.
std::optional<double> IfFinite(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

double Sum(Values values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// Asked of the values themselves: the mean of equal numbers may differ from
// them in the last bit, and then deviations from it are not zero.
bool Vary(Values values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) != values.end();
}

std::vector<double> Deviations(Values values) {
  const double mean = Sum(values) / static_cast<double>(values.size());
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (const double value : values) deviations.push_back(value - mean);
  return deviations;
}

double Dot(Values a, Values b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::optional<double> R2(Values targets, Values errors) {
  if (!Vary(targets)) return std::nullopt;
  const std::vector<double> deviations = Deviations(targets);
  return IfFinite(1 - Dot(errors, errors) / Dot(deviations, deviations));
}

std::optional<double> Pearson(Values targets, Values predictions) {
  if (!Vary(targets) || !Vary(predictions)) return std::nullopt;
  const std::vector<double> x = Deviations(targets);
  const std::vector<double> y = Deviations(predictions);
  const auto r = IfFinite(Dot(x, y) / (std::sqrt(Dot(x, x)) * std::sqrt(Dot(y, y))));
  if (!r.has_value()) return std::nullopt;
  return std::clamp(*r, -1.0, 1.0);  // Rounding may step over the bound.
}

v1::Metrics MetricsOf(Values targets, Values predictions) {
  std::vector<double> errors;
  std::vector<double> sizes;
  for (size_t i = 0; i < targets.size(); ++i) {
    errors.push_back(predictions[i] - targets[i]);
    sizes.push_back(std::abs(errors.back()));
  }
  v1::Metrics metrics;
  if (targets.empty()) return metrics;
  SetValue(metrics, v1::METRIC_MAE, Mean(sizes));
  SetValue(metrics, v1::METRIC_RMSE,
           IfFinite(std::sqrt(Dot(errors, errors) / static_cast<double>(errors.size()))));
  SetValue(metrics, v1::METRIC_R2, R2(targets, errors));
  SetValue(metrics, v1::METRIC_PEARSON, Pearson(targets, predictions));
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
    SetValue(result, metric, summary(values));
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
  const std::optional<double> mean = Mean(train_targets);
  if (!mean.has_value()) {
    return absl::InvalidArgumentError("evaluating the baseline: there are no training targets");
  }
  return MetricsOf(test_targets, std::vector<double>(test_targets.size(), *mean));
}

std::optional<double> Mean(absl::Span<const double> values) {
  if (values.empty()) return std::nullopt;
  return IfFinite(Sum(values) / static_cast<double>(values.size()));
}

std::optional<double> StandardDeviation(absl::Span<const double> values, uint32_t ddof) {
  if (values.size() <= ddof) return std::nullopt;
  if (!Vary(values)) return 0;
  const std::vector<double> deviations = Deviations(values);
  const double freedom = static_cast<double>(values.size() - ddof);
  return IfFinite(std::sqrt(Dot(deviations, deviations) / freedom));
}

v1::Metrics MeanOver(absl::Span<const v1::Metrics> folds) {
  return Summarise(folds, [](Values values) { return Mean(values); });
}

v1::Metrics StandardDeviationOver(absl::Span<const v1::Metrics> folds, uint32_t ddof) {
  return Summarise(folds, [ddof](Values values) { return StandardDeviation(values, ddof); });
}

}  // namespace gyrus

#include "core/evaluate/number_metrics.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/metric.h"
#include "core/statistics/checks.h"
#include "core/statistics/correlation.h"
#include "core/statistics/errors.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

using Values = absl::Span<const double>;

absl::StatusOr<double> SpearmanRho(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const Correlation correlation, Spearman(targets, predictions));
  return correlation.coefficient;
}

absl::StatusOr<double> GapAgeCorrelation(Values targets, Values predictions) {
  const std::vector<double> gaps = Differences(predictions, targets);
  if (!CheckFinite(gaps).ok()) return Undefined("an error leaves the range of double");
  return PearsonR(gaps, targets);
}

struct NumberFunction {
  v1::Metric metric;
  absl::StatusOr<double> (*compute)(Values targets, Values predictions);
};

constexpr std::array<NumberFunction, 9> kFunctions = {
    NumberFunction{v1::METRIC_MAE, MeanAbsoluteError},
    NumberFunction{v1::METRIC_RMSE, RootMeanSquaredError},
    NumberFunction{v1::METRIC_R2, R2},
    NumberFunction{v1::METRIC_PEARSON, PearsonR},
    NumberFunction{v1::METRIC_SPEARMAN, SpearmanRho},
    NumberFunction{v1::METRIC_MEDIAN_AE, MedianAbsoluteError},
    NumberFunction{v1::METRIC_SD_AE, AbsoluteErrorSd},
    NumberFunction{v1::METRIC_BIAS, MeanError},
    NumberFunction{v1::METRIC_GAP_AGE_CORRELATION, GapAgeCorrelation},
};

}  // namespace

absl::StatusOr<double> NumberMetric(v1::Metric metric, Values targets, Values predictions) {
  for (const NumberFunction& function : kFunctions) {
    if (function.metric == metric) return function.compute(targets, predictions);
  }
  return absl::InvalidArgumentError(absl::StrCat(NameOf(metric), " is no metric of numbers"));
}

}  // namespace gyrus

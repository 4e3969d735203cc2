#include "core/evaluate/number_metrics.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/metric_function.h"
#include "core/spec/metric.h"
#include "core/statistics/checks.h"
#include "core/statistics/correlation.h"
#include "core/statistics/errors.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

using Values = absl::Span<const double>;

// Says which of the two does not vary; a correlation would only say that one does not.
DefinedStatus CheckVarying(Values targets, Values predictions) {
  if (targets.size() < 2) return {};  // The correlation itself gives the reason.
  if (!Vary(targets)) return Undefined("the targets have one value");
  if (!Vary(predictions)) return Undefined("the predictions have one value");
  return absl::OkStatus();
}

Defined<double> PearsonCorrelation(Values targets, Values predictions) {
  GYRUS_RETURN_IF_ERROR(CheckVarying(targets, predictions));
  return PearsonR(targets, predictions);
}

Defined<double> SpearmanRho(Values targets, Values predictions) {
  GYRUS_RETURN_IF_ERROR(CheckVarying(targets, predictions));
  GYRUS_ASSIGN_OR_RETURN(const Correlation correlation, Spearman(targets, predictions));
  return correlation.coefficient;
}

Defined<double> GapAgeCorrelation(Values targets, Values predictions) {
  const std::vector<double> gaps = Differences(predictions, targets);
  if (!CheckFinite(gaps).ok()) return Undefined("an error leaves the range of double");
  return PearsonR(gaps, targets);
}

using OfNumbers = MetricFunction<Values, Values>;
constexpr std::array<OfNumbers, 9> kFunctions = {
    OfNumbers{v1::METRIC_MAE, MeanAbsoluteError},
    OfNumbers{v1::METRIC_RMSE, RootMeanSquaredError},
    OfNumbers{v1::METRIC_R2, R2},
    OfNumbers{v1::METRIC_PEARSON, PearsonCorrelation},
    OfNumbers{v1::METRIC_SPEARMAN, SpearmanRho},
    OfNumbers{v1::METRIC_MEDIAN_AE, MedianAbsoluteError},
    OfNumbers{v1::METRIC_SD_AE, AbsoluteErrorSd},
    OfNumbers{v1::METRIC_BIAS, MeanError},
    OfNumbers{v1::METRIC_GAP_AGE_CORRELATION, GapAgeCorrelation},
};

}  // namespace

Defined<double> NumberMetric(v1::Metric metric, Values targets, Values predictions) {
  if (const auto function = FunctionOf(metric, kFunctions)) return function(targets, predictions);
  return absl::InvalidArgumentError(absl::StrCat(NameOf(metric), " is no metric of numbers"));
}

}  // namespace gyrus

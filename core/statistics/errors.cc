#include "core/statistics/errors.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/moments.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

using Values = absl::Span<const double>;

constexpr absl::string_view kOneTarget = "the targets have one value";

// The difference of two finite numbers can overflow, which makes all further statistics
// meaningless.
Defined<std::vector<double>> ErrorsOf(Values targets, Values predictions) {
  GYRUS_RETURN_IF_ERROR(CheckPairs(targets, predictions));
  if (targets.empty()) return Undefined("there are no items");
  std::vector<double> errors = Differences(predictions, targets);
  if (!CheckFinite(errors).ok()) return Undefined("an error leaves the range of double");
  return errors;
}

Defined<std::vector<double>> ErrorSizes(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> errors, ErrorsOf(targets, predictions));
  return AbsoluteValues(errors);
}

}  // namespace

Defined<double> MeanAbsoluteError(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> sizes, ErrorSizes(targets, predictions));
  return Mean(sizes);
}

Defined<double> AbsoluteErrorSd(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> sizes, ErrorSizes(targets, predictions));
  return StandardDeviation(sizes, 1);
}

Defined<double> MedianAbsoluteError(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> sizes, ErrorSizes(targets, predictions));
  return Median(sizes);
}

Defined<double> RootMeanSquaredError(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> errors, ErrorsOf(targets, predictions));
  return InRange(std::sqrt(Dot(errors, errors) / static_cast<double>(errors.size())));
}

Defined<double> MeanError(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> errors, ErrorsOf(targets, predictions));
  return Mean(errors);
}

Defined<double> R2(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> errors, ErrorsOf(targets, predictions));
  if (!Vary(targets)) return Undefined(kOneTarget);
  return InRange(1 - Dot(errors, errors) / SumOfSquaredDeviations(targets));
}

Defined<double> ExplainedVariance(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> errors, ErrorsOf(targets, predictions));
  if (!Vary(targets)) return Undefined(kOneTarget);
  return InRange(1 - SumOfSquaredDeviations(errors) / SumOfSquaredDeviations(targets));
}

Defined<double> WeightedMeanAbsoluteError(Values targets, Values predictions) {
  GYRUS_ASSIGN_OR_RETURN(const double mae, MeanAbsoluteError(targets, predictions));
  if (!Vary(targets)) return Undefined(kOneTarget);
  const auto [least, most] = std::minmax_element(targets.begin(), targets.end());
  return InRange(mae / (*most - *least));
}

Defined<std::vector<double>> CumulativeScores(Values targets, Values predictions, Values alphas) {
  GYRUS_RETURN_IF_ERROR(CheckFinite(alphas));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> sizes, ErrorSizes(targets, predictions));
  std::vector<double> scores;
  for (const double alpha : alphas) {
    if (alpha < 0) {
      return absl::InvalidArgumentError(absl::StrCat("CS(", alpha, "): no error is below 0"));
    }
    const auto within =
        std::count_if(sizes.begin(), sizes.end(), [alpha](double size) { return size <= alpha; });
    scores.push_back(100 * static_cast<double>(within) / static_cast<double>(sizes.size()));
  }
  return scores;
}

Defined<Line> FitLine(Values x, Values y) {
  GYRUS_RETURN_IF_ERROR(CheckPairs(x, y));
  if (!Vary(x)) return Undefined("a line needs two different values to run through");
  const std::vector<double> dx = Deviations(x);
  GYRUS_ASSIGN_OR_RETURN(const double slope, InRange(Dot(dx, Deviations(y)) / Dot(dx, dx)));
  GYRUS_ASSIGN_OR_RETURN(const double mean_x, Mean(x));
  GYRUS_ASSIGN_OR_RETURN(const double mean_y, Mean(y));
  GYRUS_ASSIGN_OR_RETURN(const double intercept, InRange(mean_y - slope * mean_x));
  return Line{slope, intercept};
}

}  // namespace gyrus

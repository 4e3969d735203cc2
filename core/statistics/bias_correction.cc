#include "core/statistics/bias_correction.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/errors.h"

namespace gyrus {
namespace {

constexpr double kLeastSlope = 0.1;

absl::Status Check(const BiasCorrection& correction) {
  GYRUS_RETURN_IF_ERROR(CheckFinite({correction.slope, correction.intercept}));
  if (correction.method == BiasMethod::kCole && correction.slope < kLeastSlope) {
    return absl::InvalidArgumentError(
        absl::StrCat("a slope of ", correction.slope, " is below ", kLeastSlope));
  }
  return absl::OkStatus();
}

double WithoutAge(const BiasCorrection& correction, double prediction) {
  return (prediction - correction.intercept) / correction.slope;
}

}  // namespace

Defined<BiasCorrection> FitBiasCorrection(BiasMethod method, absl::Span<const double> ages,
                                          absl::Span<const double> predictions) {
  if (method == BiasMethod::kSiteOffset) {
    GYRUS_ASSIGN_OR_RETURN(const double offset, MeanError(ages, predictions));
    return BiasCorrection{method, 1, offset, ages.size()};
  }
  GYRUS_ASSIGN_OR_RETURN(const Line line, FitLine(ages, predictions));
  // Cole's method divides by the slope. A slope near 0 would magnify the noise of the
  // predictions.
  if (method == BiasMethod::kCole && line.slope < kLeastSlope) {
    return Undefined(absl::StrFormat(
        "predictions hardly follow age (slope %.3g, below %g): the correction would show noise",
        line.slope, kLeastSlope));
  }
  return BiasCorrection{method, line.slope, line.intercept, ages.size()};
}

absl::StatusOr<CorrectedGaps> CorrectGaps(const BiasCorrection& correction,
                                          absl::Span<const double> ages,
                                          absl::Span<const double> predictions) {
  GYRUS_RETURN_IF_ERROR(Check(correction));
  GYRUS_RETURN_IF_ERROR(CheckPairs(ages, predictions));
  std::vector<double> gaps;
  for (size_t i = 0; i < ages.size(); ++i) {
    gaps.push_back(correction.method == BiasMethod::kAgeRegression
                       ? predictions[i] - (correction.intercept + correction.slope * ages[i])
                       : WithoutAge(correction, predictions[i]) - ages[i]);
  }
  return CorrectedGaps(correction, std::move(gaps));
}

Defined<double> CorrectAge(const BiasCorrection& correction, double prediction) {
  GYRUS_RETURN_IF_ERROR(Check(correction));
  GYRUS_RETURN_IF_ERROR(CheckFinite({prediction}));
  if (correction.method == BiasMethod::kAgeRegression) {
    return absl::InvalidArgumentError("a regression of the gap on age corrects no unknown age");
  }
  return InRange(WithoutAge(correction, prediction));
}

std::string ToText(const BiasCorrection& correction) {
  const std::string fitted = absl::StrCat("fitted on ", correction.n, " controls not trained on");
  switch (correction.method) {
    case BiasMethod::kCole:
      return absl::StrFormat("corrected age = (prediction - %.6g) / %.6g (Cole), %s",
                             correction.intercept, correction.slope, fitted);
    case BiasMethod::kAgeRegression:
      return absl::StrFormat(
          "corrected gap = prediction - (%.6g + %.6g * age) (de Lange, Beheshti), %s; uses the "
          "true age, so it is no accuracy",
          correction.intercept, correction.slope, fitted);
    case BiasMethod::kSiteOffset:
      break;
  }
  return absl::StrFormat(
      "corrected age = prediction - %.6g, the mean gap of %d subjects of the site; uses the "
      "site's ages, so it is no accuracy",
      correction.intercept, correction.n);
}

}  // namespace gyrus

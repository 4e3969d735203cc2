#include "core/evaluate/gap_correction.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/bias_correction.h"
#include "core/statistics/checks.h"
#include "core/statistics/correlation.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

struct Ages {
  std::vector<std::string> items;
  std::vector<double> true_ages;
  std::vector<double> predicted;
};

Ages AgesOf(absl::Span<const v1::Prediction> predictions) {
  Ages ages;
  for (const v1::Prediction& p : predictions) {
    if (!p.has_target() || !p.has_prediction()) continue;
    ages.items.push_back(p.item());
    ages.true_ages.push_back(p.target());
    ages.predicted.push_back(p.prediction());
  }
  return ages;
}

absl::StatusOr<BiasMethod> ToStatistics(v1::BiasMethod method) {
  if (method == v1::BIAS_METHOD_COLE) return BiasMethod::kCole;
  if (method == v1::BIAS_METHOD_AGE_REGRESSION) return BiasMethod::kAgeRegression;
  return absl::InvalidArgumentError("correcting gaps: no method is given");
}

// The reason of the SD is the last one set and therefore the one shown: without an SD there
// is no correlation either.
absl::StatusOr<v1::GapSummary> SummaryOf(const std::vector<double>& gaps,
                                         const std::vector<double>& ages) {
  v1::GapSummary summary;
  summary.set_n(static_cast<uint32_t>(gaps.size()));
  const Defined<double> sd = StandardDeviation(gaps, 1);
  const Defined<double> correlation = PearsonR(gaps, ages);
  for (const DefinedStatus& status : {correlation.status(), sd.status()}) {
    if (status.ok()) continue;
    GYRUS_RETURN_IF_ERROR(status.error());
    summary.set_reason(status.message());
  }
  if (sd.ok()) summary.set_sd(*sd);
  if (correlation.ok()) summary.set_age_correlation(*correlation);
  return summary;
}

}  // namespace

absl::StatusOr<CorrectedFold> CorrectFold(v1::BiasMethod method,
                                          absl::Span<const v1::Prediction> validation,
                                          absl::Span<const v1::Prediction> test) {
  GYRUS_ASSIGN_OR_RETURN(const BiasMethod fit_method, ToStatistics(method));
  // The correction is fitted on validation items and applied to test items. A fit on the
  // test items themselves would use the ages that are to be predicted.
  const Ages fitted_on = AgesOf(validation);
  CorrectedFold corrected;
  corrected.fold.set_n(static_cast<uint32_t>(fitted_on.items.size()));
  Defined<BiasCorrection> correction =
      fitted_on.items.empty()
          ? Undefined("the fold has no validation item with a target")
          : FitBiasCorrection(fit_method, fitted_on.true_ages, fitted_on.predicted);
  GYRUS_RETURN_IF_ERROR(correction.status().error());
  if (correction.is_undefined()) {
    corrected.fold.set_reason(correction.status().message());
    return corrected;
  }
  corrected.fold.set_slope(correction->slope);
  corrected.fold.set_intercept(correction->intercept);
  const Ages ages = AgesOf(test);
  GYRUS_ASSIGN_OR_RETURN(const CorrectedGaps gaps,
                         CorrectGaps(*correction, ages.true_ages, ages.predicted));
  for (size_t i = 0; i < ages.items.size(); ++i) {
    corrected.gaps.push_back({.item = ages.items[i],
                              .age = ages.true_ages[i],
                              .prediction = ages.predicted[i],
                              .gap = ages.predicted[i] - ages.true_ages[i],
                              .corrected = gaps.ForComparingGroups()[i]});
  }
  return corrected;
}

std::string GapMethodSentence(v1::BiasMethod method) {
  constexpr char kFitted[] =
      ", with prediction = intercept + slope * age fitted on the validation items of each fold; "
      "for comparing groups, no accuracy";
  return absl::StrCat(method == v1::BIAS_METHOD_COLE
                          ? "corrected gap = (prediction - intercept) / slope - age (Cole 2018)"
                          : "corrected gap = prediction - (intercept + slope * age) (de Lange "
                            "2019, Beheshti 2019), which uses the true age",
                      kFitted);
}

absl::StatusOr<v1::BiasResult> SummariseGaps(v1::BiasMethod method,
                                             absl::Span<const CorrectedFold> folds) {
  v1::BiasResult result;
  result.set_method(method);
  result.set_method_sentence(GapMethodSentence(method));
  std::vector<double> ages, before, after;
  for (const CorrectedFold& fold : folds) {
    *result.add_folds() = fold.fold;
    for (const Gap& gap : fold.gaps) {
      ages.push_back(gap.age);
      before.push_back(gap.gap);
      after.push_back(gap.corrected);
    }
  }
  GYRUS_ASSIGN_OR_RETURN(*result.mutable_uncorrected(), SummaryOf(before, ages));
  GYRUS_ASSIGN_OR_RETURN(*result.mutable_corrected(), SummaryOf(after, ages));
  return result;
}

}  // namespace gyrus

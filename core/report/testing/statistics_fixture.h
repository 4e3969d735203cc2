// Results of comparisons, groups and corrections, for the tests of this folder.
#pragma once

#include "gyrus/v1/result.pb.h"

namespace gyrus {

inline v1::Estimate MakeEstimate(double value, double lower, double upper, uint32_t n) {
  v1::Estimate estimate;
  estimate.set_value(value);
  estimate.set_lower(lower);
  estimate.set_upper(upper);
  estimate.set_n(n);
  estimate.set_method("95%");
  return estimate;
}

inline v1::TestOutcome MakeOutcome(v1::TestKind kind, double p, const char* sentence) {
  v1::TestOutcome outcome;
  outcome.set_kind(kind);
  outcome.set_test("some t test");
  outcome.set_variant("two-sided");
  outcome.set_statistic_name("t");
  outcome.set_statistic(-2);
  outcome.add_df(4);
  outcome.set_p(p);
  outcome.set_p_corrected(2 * p);
  outcome.add_n(5);
  outcome.set_correction("overlap");
  outcome.set_sentence(sentence);
  return outcome;
}

inline v1::TestOutcome MakeUndefined(v1::TestKind kind, const char* reason) {
  v1::TestOutcome outcome;
  outcome.set_kind(kind);
  outcome.set_reason(reason);
  return outcome;
}

// T1w beside RI.
inline v1::Comparisons MakeComparisons() {
  v1::Comparisons comparisons;
  comparisons.set_with("RI");
  comparisons.set_metric(v1::METRIC_MAE);
  comparisons.set_alternative(v1::ALTERNATIVE_TWO_SIDED);
  comparisons.set_correction(v1::CORRECTION_HOLM);
  comparisons.set_seed(1);
  comparisons.set_resamples(2000);
  v1::Comparison& comparison = *comparisons.add_comparisons();
  comparison.set_arm("T1w");
  *comparison.mutable_difference() = MakeEstimate(-0.124, -0.297, 0.0491, 5);
  *comparison.mutable_error_difference() = MakeEstimate(-0.2, -0.5, -0.0123, 12);
  comparison.mutable_error_difference()->set_method("95% BCa, seed 1");
  *comparison.mutable_effect_size() = MakeEstimate(0.38, 0.1, 0.66, 12);
  *comparison.add_tests() = MakeOutcome(v1::TEST_KIND_CORRECTED_T, 0.1174, "corrected t sentence");
  *comparison.add_tests() = MakeOutcome(v1::TEST_KIND_NAIVE_T, 0.04055, "naive t sentence");
  *comparison.add_tests() = MakeUndefined(v1::TEST_KIND_WILCOXON, "all differences are zero");
  *comparisons.add_all_arms() =
      MakeUndefined(v1::TEST_KIND_FRIEDMAN, "it needs three arms or more");
  return comparisons;
}

// Ages of two groups, of which one is empty.
inline v1::GroupTable MakeGroupTable(const char* arm) {
  v1::GroupTable table;
  table.set_by("age");
  table.set_arm(arm);
  v1::GroupRow& young = *table.add_groups();
  young.set_name("[0, 2)");
  young.set_n(7);
  *young.mutable_mae() = MakeEstimate(1.5, 1, 2, 7);
  v1::GroupRow& old = *table.add_groups();
  old.set_name("[2, 6]");
  old.mutable_mae()->set_reason("no subject is in it");
  v1::GroupRow& all = *table.mutable_all();
  all.set_name("all");
  all.set_n(7);
  *all.mutable_mae() = MakeEstimate(1.5, 1, 2, 7);
  return table;
}

inline v1::BiasResult MakeBias() {
  v1::BiasResult bias;
  bias.set_method(v1::BIAS_METHOD_COLE);
  bias.set_method_sentence("corrected gap = something");
  bias.mutable_uncorrected()->set_n(6);
  bias.mutable_uncorrected()->set_sd(3.5);
  bias.mutable_uncorrected()->set_age_correlation(-0.9);
  bias.mutable_corrected()->set_n(6);
  bias.mutable_corrected()->set_sd(2.5);
  bias.mutable_corrected()->set_age_correlation(0.125);
  v1::BiasFold& fitted = *bias.add_folds();
  fitted.set_slope(0.5);
  fitted.set_intercept(20);
  fitted.set_n(4);
  fitted.set_correction_file("checkpoints/T1w/r0-f0/bias_correction.json");
  fitted.set_gaps_file("corrected_gaps/T1w/r0-f0.tsv");
  v1::BiasFold& not_fitted = *bias.add_folds();
  not_fitted.set_fold(1);
  not_fitted.set_reason("predictions hardly follow age");
  return bias;
}

}  // namespace gyrus

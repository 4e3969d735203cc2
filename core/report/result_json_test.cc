#include "core/report/result_json.h"

#include "core/report/testing/report_fixture.h"
#include "core/report/testing/statistics_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace gyrus {
namespace {

using Json = nlohmann::json;

TEST(ResultJsonTest, ExternalItemsHaveNetworksAndTheirEnsemble) {
  v1::Result result = MakeExternalResult();
  result.mutable_external_comparisons()->set_reason("one arm alone");
  const Json json = Json::parse(ResultToJson(result));
  const Json expected = Json::parse(R"({
    "n": 10, "without_target": 2, "networks": 5,
    "mean": {"mae": 2.5, "rmse": null, "r2": null, "pearson": null},
    "sd": {"mae": 0.25, "rmse": null, "r2": null, "pearson": null},
    "ensemble": {"mae": 1.75, "rmse": null, "r2": null, "pearson": null},
    "undefined": {"mae": {"folds": 1, "reason": "there is one item"}},
    "ensemble_undefined": {"r2": "the targets have one value"}, "predictions": null})");
  const Json external = json["arms"][0]["external"];
  EXPECT_EQ(external, expected) << Json::diff(expected, external);
  EXPECT_EQ(json["external_comparisons"]["reason"], "one arm alone");
}

TEST(ResultJsonTest, ItemsSeenThatWereNotRecordedAreLeftOut) {
  v1::Result result = MakeIncompleteResult();
  result.mutable_arms(0)->mutable_folds(0)->mutable_epochs(0)->clear_items_seen();
  const Json fold = Json::parse(ResultToJson(result))["arms"][0]["folds"][0];
  EXPECT_FALSE(fold.contains("items_seen"));
  EXPECT_EQ(fold["seen_digest"], "01");
}

TEST(ResultJsonTest, HasTheNamesThatProgramsReadBy) {
  const std::string text = ResultToJson(MakeIncompleteResult());
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const Json expected = Json::parse(R"({
    "experiment": "ages", "id": "ab12cd34", "state": "INCOMPLETE", "split_hash": "1212",
    "unit": "months", "sd_ddof": 1, "pool": "folds", "warnings": ["mind the gap"],
    "arms": [
      {"name": "T1w", "folds_done": 2,
       "mean": {"mae": 2.0, "rmse": null, "r2": 0.5, "pearson": null},
       "sd": {"mae": 0.7071067811865476, "rmse": null, "r2": null, "pearson": null},
       "baseline": {"mae": 8.0},
       "undefined": {"r2": {"folds": 1, "reason": "the targets have one value"}},
       "folds": [
         {"repeat": 0, "fold": 0, "state": "DONE", "n": 4, "without_target": 0,
          "metrics": {"mae": 1.5, "rmse": null, "r2": 0.5, "pearson": null},
          "baseline": {"mae": 8.0}, "weights_sha256": "0a0a", "predictions_sha256": "0b0b",
          "predictions": "predictions/T1w/r0-f0.tsv", "checkpoint": "checkpoints/T1w/r0-f0",
          "selected_epoch": 3,
          "seen_digest": "01", "served_set_digest": "02",
          "items_seen": [{"epoch": 1, "position": 5, "item": "c/s/1", "digest": "ff"}]}
       ]},
      {"name": "RI", "folds_done": 1,
       "mean": {"mae": 3.0, "rmse": null, "r2": 0.5, "pearson": null},
       "sd": {"mae": null, "rmse": null, "r2": null, "pearson": null},
       "baseline": {"mae": 8.0},
       "folds": [
         {"repeat": 0, "fold": 1, "state": "FAILED",
          "reason": {"code": "TRAINER_FAILED", "message": "the loss is not finite"}, "n": 4,
          "without_target": 0,
          "metrics": {"mae": null, "rmse": null, "r2": null, "pearson": null},
          "baseline": {"mae": 9.0}, "weights_sha256": null, "predictions_sha256": null,
          "predictions": null, "checkpoint": null, "selected_epoch": null,
          "seen_digest": null, "served_set_digest": null}
       ]}
    ]})");
  Json actual = Json::parse(text);
  actual["arms"][0]["folds"].erase(1);  // As the first.
  actual["arms"][1]["folds"].erase(0);
  EXPECT_EQ(actual, expected) << Json::diff(expected, actual);
}

TEST(ResultJsonTest, HasWhatElseWasAskedFor) {
  v1::Result result = MakeIncompleteResult();
  *result.mutable_comparisons() = MakeComparisons();
  *result.add_group_tables() = MakeGroupTable("T1w");
  *result.mutable_arms(0)->mutable_bias() = MakeBias();
  v1::CumulativeScore& score = *result.mutable_arms(0)->add_cumulative_scores();
  score.set_alpha(1);
  score.set_percent(62.5);
  score.set_n(8);
  result.mutable_arms(0)->add_cumulative_scores()->set_reason("there are no items");
  const Json json = Json::parse(ResultToJson(result));
  const Json comparisons = Json::parse(R"({
    "with": "RI", "metric": "mae", "alternative": "two_sided", "correction": "holm", "seed": 1,
    "resamples": 2000,
    "arms": [{"arm": "T1w",
      "difference": {"value": -0.124, "lower": -0.297, "upper": 0.0491, "n": 5, "method": "95%"},
      "error_difference": {"value": -0.2, "lower": -0.5, "upper": -0.0123, "n": 12,
                           "method": "95% BCa, seed 1"},
      "effect_size": {"value": 0.38, "lower": 0.1, "upper": 0.66, "n": 12, "method": "95%"},
      "tests": [
        {"name": "corrected_t", "test": "some t test", "variant": "two-sided",
         "statistic_name": "t", "statistic": -2.0, "df": [4.0], "p": 0.1174,
         "p_corrected": 0.2348, "n": [5], "ties": 0, "zeros": 0, "correction": "overlap",
         "sentence": "corrected t sentence"},
        {"name": "naive_t", "test": "some t test", "variant": "two-sided",
         "statistic_name": "t", "statistic": -2.0, "df": [4.0], "p": 0.04055,
         "p_corrected": 0.0811, "n": [5], "ties": 0, "zeros": 0, "correction": "overlap",
         "sentence": "naive t sentence"},
        {"name": "wilcoxon", "reason": "all differences are zero"}]}],
    "all_arms": [{"name": "friedman", "reason": "it needs three arms or more"}]})");
  EXPECT_EQ(json["comparisons"], comparisons) << Json::diff(comparisons, json["comparisons"]);
  const Json groups = Json::parse(R"json([{"by": "age", "arm": "T1w",
    "groups": [{"name": "[0, 2)", "n": 7, "mae": 1.5, "lower": 1.0, "upper": 2.0
},
               {"name": "[2, 6]", "n": 0, "mae": null, "lower": null, "upper": null,
                "reason": "no subject is in it"}],
    "all": {"name": "all", "n": 7, "mae": 1.5, "lower": 1.0, "upper": 2.0},
    "outside": 0, "without_target": 0
}])json");
  EXPECT_EQ(json["groups"], groups) << Json::diff(groups, json["groups"]);
  const Json cs = Json::parse(R"([{"alpha": 1.0, "percent": 62.5, "n": 8},
    {"alpha": 0.0, "percent": null, "n": 0, "reason": "there are no items"}])");
  EXPECT_EQ(json["arms"][0]["cs"], cs);
  const Json bias = Json::parse(R"({"method": "cole", "sentence": "corrected gap = something",
    "uncorrected": {"n": 6, "gap_sd": 3.5, "gap_age_correlation": -0.9},
    "corrected": {"n": 6, "gap_sd": 2.5, "gap_age_correlation": 0.125},
    "folds": [{"repeat": 0, "fold": 0, "slope": 0.5, "intercept": 20.0, "n": 4,
               "correction": "checkpoints/T1w/r0-f0/bias_correction.json",
               "gaps": "corrected_gaps/T1w/r0-f0.tsv"},
              {"repeat": 0, "fold": 1, "slope": null, "intercept": null, "n": 0,
               "correction": null, "gaps": null, "reason": "predictions hardly follow age"}]})");
  EXPECT_EQ(json["arms"][0]["bias_correction"], bias)
      << Json::diff(bias, json["arms"][0]["bias_correction"]);
}

TEST(ResultJsonTest, MetricsAreThoseAskedForAndFourWhereThereAreNumbers) {
  v1::Result result;
  result.add_metrics(v1::METRIC_ACCURACY);
  v1::ArmResult& arm = *result.add_arms();
  v1::FoldResult& fold = *arm.add_folds();
  SetMetric(v1::METRIC_ACCURACY, 0.5, *fold.mutable_metrics());
  SetMetric(v1::METRIC_ACCURACY, 0.75, *fold.mutable_baseline());
  Json json = Json::parse(ResultToJson(result));
  EXPECT_EQ(json["arms"][0]["folds"][0]["metrics"], Json::parse(R"({"accuracy": 0.5})"));
  EXPECT_EQ(json["arms"][0]["folds"][0]["baseline"], Json::parse(R"({"accuracy": 0.75})"));
  result.add_metrics(v1::METRIC_BIAS);
  json = Json::parse(ResultToJson(result));
  EXPECT_EQ(json["arms"][0]["folds"][0]["metrics"], Json::parse(R"(
      {"mae": null, "rmse": null, "r2": null, "pearson": null, "accuracy": 0.5, "bias": null})"));
}

TEST(ResultJsonTest, SaysWhyAnExperimentIsInvalid) {
  v1::Result result;
  result.set_state(v1::EXPERIMENT_STATE_INVALID);
  v1::Reason& reason = *result.add_reasons();
  reason.set_code(v1::REASON_CODE_BAD_DATA);
  reason.set_message("bad byte \xff");
  const Json json = Json::parse(ResultToJson(result));
  EXPECT_EQ(json["reasons"][0]["code"], "BAD_DATA");
  EXPECT_EQ(json["split_hash"], nullptr);
  EXPECT_EQ(json["arms"], Json::array());
}

}  // namespace
}  // namespace gyrus

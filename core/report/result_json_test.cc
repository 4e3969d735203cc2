#include "core/report/result_json.h"

#include "core/report/report_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace gyrus {
namespace {

using Json = nlohmann::json;

TEST(ResultJsonTest, HasTheNamesThatProgramsReadBy) {
  const std::string text = ResultToJson(MakeIncompleteResult());
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const Json expected = Json::parse(R"({
    "experiment": "ages", "id": "ab12cd34", "state": "INCOMPLETE", "split_hash": "1212",
    "unit": "months", "sd_ddof": 1, "warnings": ["mind the gap"],
    "arms": [
      {"name": "T1w", "folds_done": 2,
       "mean": {"mae": 2.0, "rmse": null, "r2": 0.5, "pearson": null},
       "sd": {"mae": 0.7071067811865476, "rmse": null, "r2": null, "pearson": null},
       "baseline": {"mae": 8.0},
       "folds": [
         {"repeat": 0, "fold": 0, "state": "DONE", "n": 4,
          "metrics": {"mae": 1.5, "rmse": 2.5, "r2": 0.5, "pearson": null},
          "baseline": {"mae": 8.0}, "weights_sha256": "0a0a", "predictions_sha256": "0b0b",
          "predictions": "predictions/T1w/r0-f0.tsv", "checkpoint": "checkpoints/T1w/r0-f0",
          "selected_epoch": 3,
          "ranks": [{"rank": 0, "visit_digest": "01", "served_set_digest": "02",
                     "visits": [{"epoch": 1, "position": 5, "item": "c/s/1", "digest": "ff"}]}]}
       ]},
      {"name": "RI", "folds_done": 1,
       "mean": {"mae": 3.0, "rmse": null, "r2": 0.5, "pearson": null},
       "sd": {"mae": null, "rmse": null, "r2": null, "pearson": null},
       "baseline": {"mae": 8.0},
       "folds": [
         {"repeat": 0, "fold": 1, "state": "FAILED",
          "reason": {"code": "TRAINER_FAILED", "message": "the loss is not finite"}, "n": 4,
          "metrics": {"mae": null, "rmse": null, "r2": null, "pearson": null},
          "baseline": {"mae": 9.0}, "weights_sha256": null, "predictions_sha256": null,
          "predictions": null, "checkpoint": null, "selected_epoch": null, "ranks": []}
       ]}
    ]})");
  Json actual = Json::parse(text);
  actual["arms"][0]["folds"].erase(1);  // As the first.
  actual["arms"][1]["folds"].erase(0);
  EXPECT_EQ(actual, expected) << Json::diff(expected, actual);
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

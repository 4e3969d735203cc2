#include "core/report/plan_json.h"

#include "core/report/testing/plan_fixture.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace gyrus {
namespace {

using Json = nlohmann::json;

TEST(PlanJsonTest, NamesTheItemsOfEachPart) {
  const std::string text = PlanToJson(MakeReportedPlan());
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const Json expected = Json::parse(R"({
    "experiment": "ages", "split_hash": "1212", "trials": 2,
    "folds": [
      {"repeat": 0, "fold": 0, "train": ["infants/s3/1", "infants/s5/1", "infants/s7/1"],
       "validation": ["infants/s1/1"],
       "test": ["infants/s0/1", "infants/s2/1", "infants/s4/1", "infants/s6/1"]},
      {"repeat": 0, "fold": 1, "train": ["infants/s2/1", "infants/s4/1", "infants/s6/1"],
       "validation": ["infants/s0/1"],
       "test": ["infants/s1/1", "infants/s3/1", "infants/s5/1", "infants/s7/1"]}],
    "arms": [
      {"name": "both", "channels": ["T1w", "T2w"], "target": "age", "unit": "months", "item": "volume",
       "epochs": 3,
       "batch": 4, "leaf": 1, "input_shape": [2, 20, 22, 24], "parameters": 1000,
       "macs": 2500000000, "parameter_bytes": 4000, "activation_bytes": 3145728,
       "world_sizes": [1, 2, 4]}],
    "warnings": ["mind the gap"]})");
  Json actual = Json::parse(text);
  const Json targets = actual["targets"];
  actual.erase("targets");
  EXPECT_EQ(actual, expected) << Json::diff(expected, actual);
  ASSERT_EQ(targets.size(), 1);
  EXPECT_EQ(targets[0]["target"], "age");
  EXPECT_EQ(targets[0]["unit"], "months");
  EXPECT_EQ(targets[0]["cohorts"], Json::parse(R"([{"n": 8, "least": 0.0, "most": 7.0, "mean": 3.5,
    "sd": 2.449489742783178, "cohort": "infants", "external": false}])"));
  EXPECT_EQ(targets[0]["folds"][0]["validation"],
            Json::parse(R"({"n": 1, "least": 1.0, "most": 1.0, "mean": 1.0, "sd": null})"));
  EXPECT_FALSE(actual.contains("people"));
}

TEST(PlanJsonTest, NamesTheSitesThatAFoldTests) {
  v1::Plan plan = MakeReportedPlan();
  for (int i = 0; i < 8; ++i) plan.mutable_samples(i)->set_site(i % 2 == 0 ? "Lyon" : "Oslo");
  const Json json = Json::parse(PlanToJson(plan));
  EXPECT_EQ(json["folds"][0]["tested_groups"], Json({"Lyon"}));
  EXPECT_EQ(json["folds"][1]["tested_groups"], Json({"Oslo"}));
  ASSERT_EQ(json["people"].size(), 2);
  EXPECT_EQ(json["people"][1]["site"], "Oslo");
  EXPECT_EQ(json["people"][1]["subjects"], 4);
  EXPECT_EQ(json["people"][1]["age"]["mean"], 4);
  EXPECT_FALSE(json.contains("missing"));
  plan.mutable_samples(0)->clear_site();
  EXPECT_EQ(Json::parse(PlanToJson(plan))["missing"], Json({{"site", 1}}));
}

TEST(PlanJsonTest, SlicesAndExternalCohortsAreTold) {
  const Json json = Json::parse(PlanToJson(MakeReportedSlicePlan()));
  EXPECT_EQ(json["external"], Json({"clinic/p/1", "clinic/p/2"}));
  EXPECT_EQ(json["arms"][0]["item"], "slice");
}

}  // namespace
}  // namespace gyrus

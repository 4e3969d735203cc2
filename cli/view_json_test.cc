#include "cli/view_json.h"

#include "cli/testing/view_fixture.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace gyrus::cli {
namespace {

using Json = nlohmann::json;

TEST(ViewJsonTest, HasTheNamesThatProgramsReadBy) {
  v1::ExperimentView view = MakeRunningView();
  view.add_warnings("mind the gap");
  view.mutable_admission()->set_images_read(3);
  view.mutable_admission()->set_images_total(4);
  view.mutable_trials()->DeleteSubrange(2, 2);
  *view.mutable_trials(0)->mutable_reason() = MakeReason(v1::REASON_CODE_PEER_LOST, "gone");
  const std::string text = ViewToJson(view);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const Json expected = Json::parse(R"({
    "experiment": "neonates", "id": "k3vab2cd", "state": "RUNNING", "cancelled": false,
    "submitted": "2023-11-14T22:13:20.000000Z", "ended": null, "stopped": null,
    "images_read": 3, "images_total": 4, "trials_done": 1, "trials_total": 4,
    "reasons": [], "warnings": ["mind the gap"],
    "trials": [
      {"id": "T1w/train/r0/f0/s1", "state": "DONE", "attempt": 1, "epochs": 10, "workers": [],
       "reason": {"code": "PEER_LOST", "message": "gone"}},
      {"id": "T1w/train/r0/f1/s1", "state": "RUNNING", "attempt": 1, "epochs": 10,
       "workers": ["worker-1"],
       "progress": {"epoch": 2, "epochs_done": 2, "step": 10, "steps_total": 40,
                    "train_loss": 48.25, "validation_loss": 51.0, "items_per_second": 6.125,
                    "seconds_left": 90.0}}]})");
  EXPECT_EQ(Json::parse(text), expected) << Json::diff(expected, Json::parse(text));
}

TEST(ViewJsonTest, AnAttemptTellsWhereItBegan) {
  v1::ExperimentView view = MakeRunningView();
  view.mutable_trials(1)->mutable_progress()->set_resumed_step(120);
  view.mutable_trials(2)->mutable_progress()->set_restart_reason("no checkpoint on this host");
  const Json trials = Json::parse(ViewToJson(view))["trials"];
  EXPECT_EQ(trials[1]["progress"]["resumed_step"], 120);
  EXPECT_FALSE(trials[1]["progress"].contains("restart_reason"));
  EXPECT_EQ(trials[2]["progress"]["restart_reason"], "no checkpoint on this host");
}

TEST(ViewJsonTest, AListIsOneObject) {
  v1::ListReply list;
  EXPECT_EQ(ListToJson(list), R"({"experiments":[]})");
  *list.add_experiments() = MakeRunningView();
  EXPECT_EQ(Json::parse(ListToJson(list))["experiments"][0],
            Json::parse(ViewToJson(MakeRunningView())));
}

TEST(ViewJsonTest, APlanIsThereWhenItWasAskedFor) {
  v1::ExperimentView view = MakeRunningView();
  EXPECT_FALSE(Json::parse(ViewToJson(view)).contains("plan"));
  view.mutable_plan()->set_split_hash("\x12");
  EXPECT_EQ(Json::parse(ViewToJson(view))["plan"]["split_hash"], "12");
}

TEST(ViewJsonTest, BytesThatAreNoTextDoNotBreakIt) {
  v1::PlanRefusal refusal;
  *refusal.add_reasons() = MakeReason(v1::REASON_CODE_BAD_DATA, "\xff.nii");
  const Json json = Json::parse(RefusalToJson("ages", refusal));
  EXPECT_EQ(json["experiment"], "ages");
  EXPECT_EQ(json["reasons"][0]["code"], "BAD_DATA");
}

}  // namespace
}  // namespace gyrus::cli

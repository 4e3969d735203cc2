#include "core/report/model_json.h"

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace gyrus {
namespace {

using Json = nlohmann::json;

v1::TrialSpec MakeTrial() {
  v1::TrialSpec trial;
  trial.set_trial_id("T1w/train/r0/f1/s1");
  trial.add_channels("T1w");
  for (const uint32_t size : {1, 40, 48, 32}) trial.add_input_shape(size);
  trial.mutable_recipe()->add_steps()->mutable_reorient()->set_to("RAS");
  v1::Resample& resample = *trial.mutable_recipe()->add_steps()->mutable_resample();
  for (const double mm : {2.0, 2.0, 3.0}) resample.add_spacing_mm(mm);
  v1::ResNet& network = *trial.mutable_model()->mutable_resnet3d();
  network.set_depth(10);
  network.set_norm(v1::NORM_BATCH);
  network.mutable_film()->add_columns("icv");
  trial.mutable_task()->mutable_regression()->set_target("age");
  trial.mutable_task()->mutable_regression()->set_unit("months");
  trial.set_output_scale(2.5);
  trial.set_output_offset(30.25);
  trial.add_covariate_means(1200);
  trial.add_covariate_sds(90);
  for (const double age : {3.0, 1.0, 7.5}) trial.add_train_items()->set_target(age);
  trial.add_train_items();  // Without a target.
  return trial;
}

TEST(ModelJsonTest, HasWhatThePredictionOfANumberNeeds) {
  const Json json = Json::parse(ModelJson(MakeTrial()));
  const Json expected = Json::parse(R"({
    "trial": "T1w/train/r0/f1/s1", "weights": "weights.safetensors", "channels": ["T1w"],
    "input_shape": [1, 40, 48, 32], "spacing_mm": [2.0, 2.0, 3.0],
    "recipe": {"steps": [{"reorient": {"to": "RAS"}}, {"resample": {"spacing_mm": [2, 2, 3]}}]},
    "model": {"resnet3d": {"depth": 10, "norm": "NORM_BATCH", "film": {"columns": ["icv"]}}},
    "outputs": 1,
    "number": {"target": "age", "unit": "months", "scale": 2.5, "offset": 30.25},
    "uncertainty": false,
    "covariates": [{"column": "icv", "mean": 1200.0, "sd": 90.0}],
    "trained_on": {"n": 3, "least": 1.0, "most": 7.5}})");
  EXPECT_EQ(json, expected) << Json::diff(expected, json);
}

TEST(ModelJsonTest, ClassesAndImagesAreNamed) {
  v1::TrialSpec trial = MakeTrial();
  trial.mutable_recipe()->mutable_steps()->RemoveLast();
  trial.mutable_model()->mutable_resnet2d();
  trial.mutable_model()->mutable_slices()->set_axis("y");
  for (const char* name : {"normal", "adverse"}) {
    trial.mutable_task()->mutable_classification()->add_classes(name);
  }
  trial.mutable_task()->mutable_classification()->set_target("outcome");
  trial.mutable_task()->mutable_segmentation()->add_classes()->set_name("white_matter");
  trial.mutable_task()->mutable_reconstruction();
  trial.mutable_task()->set_weighting(v1::WEIGHTING_UNCERTAINTY);
  const Json json = Json::parse(ModelJson(trial));
  EXPECT_EQ(json["spacing_mm"], nullptr);
  EXPECT_EQ(json["outputs"], 2);
  EXPECT_EQ(json["classes"],
            Json::parse(R"({"target": "outcome", "names": ["normal", "adverse"]})"));
  EXPECT_EQ(json["segmentation"], Json::parse(R"(["background", "white_matter"])"));
  EXPECT_EQ(json["reconstruction"], 1);
  EXPECT_EQ(json["slices"], 48);
  EXPECT_EQ(json["uncertainty"], true);
  EXPECT_FALSE(json.contains("number"));
  EXPECT_FALSE(json.contains("trained_on"));
}

TEST(ModelJsonTest, SoftLabelsHaveTheirBins) {
  v1::TrialSpec trial = MakeTrial();
  v1::SoftLabels& labels = *trial.mutable_task()->mutable_soft_labels();
  labels.set_target("age");
  labels.set_from(0);
  labels.set_to(10);
  labels.set_bins(20);
  const Json json = Json::parse(ModelJson(trial));
  EXPECT_EQ(json["outputs"], 20);
  EXPECT_EQ(json["number"],
            Json::parse(R"({"target": "age", "unit": null, "from": 0.0, "to": 10.0, "bins": 20})"));
}

}  // namespace
}  // namespace gyrus

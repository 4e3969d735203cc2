#include "core/spec/defaults/defaults.h"

#include "core/spec/arm.h"
#include "core/spec/check/warnings.h"
#include "core/spec/parse/experiment.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::ExperimentSpec Filled(absl::string_view yaml) {
  auto parsed = ParseExperiment(yaml, "exp.yaml");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (!parsed.ok()) return {};
  FillDefaults(parsed->spec);
  return parsed->spec;
}

v1::ArmPlan ArmOf(const v1::ExperimentSpec& spec, int index) {
  return ResolveArm(spec, spec.arms(index));
}

// docs/experiment.md's list of defaults is tested in spec_rules_test.cc.

TEST(DefaultsTest, WhatIsSetStays) {
  const v1::ExperimentSpec spec = Filled(
      "train: {epochs: 3, seed: 0, optimizer: {adam: {weight_decay: 0.1}}}\n"
      "split: {validation: none}\nevaluate: {metrics: [r2], sd_ddof: 0}\n"
      "cohorts: {a: {columns: {subject: MRID}}}\n"
      "task: {regression: {target: age, output: {scale: 25, offset: 75}}}");
  EXPECT_EQ(spec.train().epochs(), 3);
  EXPECT_EQ(spec.train().seed(), 0);
  EXPECT_EQ(spec.train().optimizer().adam().weight_decay(), 0.1);
  EXPECT_EQ(spec.train().optimizer().adam().lr(), 1e-4);
  EXPECT_EQ(spec.split().validation().fraction(), 0);
  EXPECT_THAT(spec.evaluate().metrics(), ElementsAre(v1::METRIC_R2));
  EXPECT_EQ(spec.evaluate().sd_ddof(), 0);
  EXPECT_EQ(spec.cohorts(0).columns().at("subject"), "MRID");
  EXPECT_EQ(spec.task().regression().output().fit(), v1::OUTPUT_FIT_UNSPECIFIED);
}

TEST(DefaultsTest, LeafIsTheBatchSharedByTheSlots) {
  EXPECT_EQ(Filled("name: x").train().leaf(), 4);
  EXPECT_EQ(Filled("resources: {slots_per_trial: 2}").train().leaf(), 2);
  EXPECT_EQ(Filled("train: {batch: 3}\nresources: {slots_per_trial: 2}").train().leaf(), 1);
  EXPECT_EQ(Filled("resources: {slots_per_trial: 8}").train().leaf(), 1);
  EXPECT_EQ(Filled("resources: {slots_per_trial: 0}").train().leaf(), 4);
}

TEST(DefaultsTest, FillTheStepsThatAreThere) {
  const v1::ExperimentSpec spec = Filled(
      "recipe: [{reorient: {}}, {crop_or_pad: [1, 2, 3]}, {ratio: {of: [a, b], name: c}}, "
      "{zscore: {}}]\n"
      "train: {schedule: {step: {}}, augment: {flip: {}}}");
  EXPECT_EQ(spec.recipe().steps(0).reorient().to(), "RAS");
  EXPECT_EQ(spec.recipe().steps(1).crop_or_pad().around(), v1::CROP_CENTRE_GRID);
  EXPECT_THAT(spec.recipe().steps(2).ratio().clip_percentiles(), ElementsAre(0.5, 99.5));
  EXPECT_EQ(spec.recipe().steps(2).ratio().guard(), 0.1);
  EXPECT_EQ(spec.recipe().steps(3).zscore().inside(), v1::INSIDE_BRAIN);
  EXPECT_EQ(spec.train().schedule().step().every(), 15);
  EXPECT_EQ(spec.train().schedule().step().factor(), 0.5);
  EXPECT_EQ(spec.train().augment().flip().axis(), "x");
  EXPECT_EQ(spec.train().augment().flip().probability(), 0.5);
  EXPECT_FALSE(spec.train().augment().has_shift());
}

TEST(DefaultsTest, AnArmSeesAllChannelsUnlessItSays) {
  EXPECT_THAT(Filled("cohorts: {a: {images: {T2w: x, T1w: y}}, b: {images: {T1w: z, T2w: x, F: y}}}"
                     "\nrecipe: [{reorient: RAS}, {ratio: {of: [T1w, T2w], name: RI}}]")
                  .arms(0)
                  .channels(),
              ElementsAre("T1w", "T2w", "RI"));
  EXPECT_THAT(Filled("cohorts: {a: {manifest: m}}\n"
                     "recipe: [{reorient: RAS}, {ratio: {of: [t, s], name: RI}}]")
                  .arms(0)
                  .channels(),
              ElementsAre("t", "s", "RI"));
  EXPECT_THAT(Filled("cohorts: {a: {manifest: m}}").arms(0).channels(), IsEmpty());
  EXPECT_THAT(Filled("arms: {x: {channels: [q]}}").arms(0).channels(), ElementsAre("q"));
}

TEST(DefaultsTest, TwiceIsOnce) {
  v1::ExperimentSpec spec = Filled(
      "cohorts: {a: {images: {T1w: x}}}\n"
      "task: {regression: {target: age}}\n"
      "train: {schedule: {step: {every: 3}}, augment: {shift: 2}}\n"
      "arms: {a: {}, b: {train: {batch: 16, schedule: {constant: {}}}, "
      "task: {regression: {output: {scale: 2, offset: 1}}}}}");
  const v1::ExperimentSpec once = spec;
  FillDefaults(spec);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(once, spec));
}

TEST(ArmTest, HasTheExperimentsPartsUnlessItHasItsOwn) {
  const v1::ExperimentSpec spec = Filled(
      "model: {resnet3d: {width: 16}}\ntrain: {epochs: 7, optimizer: {adam: {lr: 0.5}}}\n"
      "task: {regression: {target: age}}\n"
      "arms: {a: {channels: [x]}, b: {channels: [y], train: {optimizer: {adam: {beta1: 0.3}}}}}");
  EXPECT_EQ(ArmOf(spec, 0).name(), "a");
  EXPECT_THAT(ArmOf(spec, 0).channels(), ElementsAre("x"));
  EXPECT_EQ(ArmOf(spec, 0).train().epochs(), 7);
  EXPECT_EQ(ArmOf(spec, 0).train().optimizer().adam().beta1(), 0.9);
  EXPECT_EQ(ArmOf(spec, 0).model().resnet3d().width(), 16);
  EXPECT_EQ(ArmOf(spec, 0).recipe().steps_size(), 2);
  EXPECT_EQ(ArmOf(spec, 0).task().regression().target(), "age");
  EXPECT_EQ(ArmOf(spec, 1).train().epochs(), 7);
  EXPECT_EQ(ArmOf(spec, 1).train().optimizer().adam().beta1(), 0.3);
  EXPECT_EQ(ArmOf(spec, 1).train().optimizer().adam().lr(), 0.5);
}

TEST(ArmTest, ReplacesRecipesAndValuesWhole) {
  const v1::ExperimentSpec spec = Filled(
      "recipe: [{reorient: RAS}, {crop_or_pad: [1, 2, 3]}, {zscore: {inside: volume}}]\n"
      "task: {regression: {target: age, output: train_fold}}\n"
      "train: {augment: {flip: {axis: z, probability: 1}, shift: 4}}\n"
      "arms: {a: {channels: [x], recipe: [{reorient: RAS}], "
      "task: {regression: {output: {scale: 2, offset: 3}}}, "
      "train: {augment: {shift: 1}}}}");
  const v1::ArmPlan arm = ArmOf(spec, 0);
  EXPECT_EQ(arm.recipe().steps_size(), 1);
  EXPECT_EQ(arm.task().regression().output().fit(), v1::OUTPUT_FIT_UNSPECIFIED);
  EXPECT_EQ(arm.task().regression().output().scale(), 2);
  EXPECT_EQ(arm.task().regression().target(), "age");
  EXPECT_EQ(arm.train().augment().shift().max_voxels(), 1);
  EXPECT_EQ(arm.train().augment().flip().axis(), "z");
}

TEST(ArmTest, AnotherMemberOfAOneofReplaces) {
  const v1::ExperimentSpec spec = Filled(
      "train: {schedule: {step: {every: 3, factor: 0.1}}}\n"
      "arms: {a: {channels: [x], train: {schedule: {constant: {}}}}, "
      "b: {channels: [x], train: {schedule: {step: {every: 9}}}}}");
  EXPECT_TRUE(ArmOf(spec, 0).train().schedule().has_constant());
  EXPECT_EQ(ArmOf(spec, 1).train().schedule().step().every(), 9);
  EXPECT_EQ(ArmOf(spec, 1).train().schedule().step().factor(), 0.1);
}

TEST(ArmTest, WhatAnArmOpensIsFilled) {
  const v1::ExperimentSpec spec = Filled(
      "arms: {a: {channels: [x], train: {batch: 8, schedule: {step: {every: 9}}}, "
      "recipe: [{reorient: RAS}, {zscore: {}}]}}");
  EXPECT_EQ(ArmOf(spec, 0).train().schedule().step().factor(), 0.5);
  EXPECT_EQ(ArmOf(spec, 0).train().leaf(), 8);
  EXPECT_EQ(ArmOf(spec, 0).recipe().steps(1).zscore().inside(), v1::INSIDE_BRAIN);
}

TEST(ArmTest, AnArmsBatchKeepsTheLeafThatTheExperimentSays) {
  const v1::ExperimentSpec spec =
      Filled("train: {leaf: 2}\narms: {a: {channels: [x], train: {batch: 8}}}");
  EXPECT_EQ(ArmOf(spec, 0).train().leaf(), 2);
}

TEST(ArmTest, OverlayReplacesListsWhole) {
  v1::Evaluate to;
  to.add_metrics(v1::METRIC_MAE);
  to.add_metrics(v1::METRIC_R2);
  to.set_sd_ddof(0);
  v1::Evaluate from;
  from.add_metrics(v1::METRIC_RMSE);
  Overlay(from, to);
  EXPECT_THAT(to.metrics(), ElementsAre(v1::METRIC_RMSE));
  EXPECT_TRUE(to.has_sd_ddof());
}

TEST(ArmTest, OverlayReplacesListsInsideMessagesWhole) {
  v1::Arm to;
  to.mutable_recipe()->add_steps()->mutable_reorient();
  to.mutable_recipe()->add_steps()->mutable_zscore();
  v1::Arm from;
  from.mutable_recipe()->add_steps()->mutable_reorient();
  Overlay(from, to);
  EXPECT_EQ(to.recipe().steps_size(), 1);
}

constexpr absl::string_view kRatio = R"(
cohorts: {a: {images: {T1w: x, T2w: y}}}
recipe: [{reorient: RAS}, {ratio: {of: [T1w, T2w], name: RI}}]
arms: {T1w: {channels: [T1w]}, RI: {channels: [T1w, RI]}}
)";

TEST(WarningsTest, ARatioWithoutCalibrationWarnsTheArmsThatSeeIt) {
  auto parsed = ParseExperiment(kRatio, "exp.yaml");
  ASSERT_TRUE(parsed.ok());
  const std::string warning =
      "arm RI: ratio RI has no calibration; medians of raw T1w/T2w ratios differ between scanners "
      "and subjects several-fold; set calibrate: median, or calibrate: none to say that this is "
      "meant";
  EXPECT_THAT(Warnings(parsed->spec), ElementsAre(warning));
  FillDefaults(parsed->spec);
  EXPECT_THAT(Warnings(parsed->spec), ElementsAre(warning));
}

TEST(WarningsTest, CalibrationThatIsSaidDoesNotWarn) {
  for (const char* calibrate : {"median", "none"}) {
    const auto parsed =
        ParseExperiment(kRatio, "exp.yaml", {std::string("recipe.1.ratio.calibrate=") + calibrate});
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_THAT(Warnings(parsed->spec), IsEmpty());
  }
}

TEST(WarningsTest, AnArmsOwnRecipeCounts) {
  const auto parsed = ParseExperiment(
      kRatio, "exp.yaml",
      {"arms.RI.recipe=[{reorient: RAS}, {ratio: {of: [T1w, T2w], name: RI, calibrate: none}}]"});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(Warnings(parsed->spec), IsEmpty());
}

}  // namespace
}  // namespace gyrus

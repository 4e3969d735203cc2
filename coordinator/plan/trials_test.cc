#include "coordinator/plan/trials.h"

#include <cmath>

#include "common/digest.h"
#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;

v1::Plan TwoArms() {
  v1::ExperimentSpec spec = MakeSpec(2, 2);
  *spec.add_arms() = spec.arms(0);
  spec.mutable_arms(1)->set_name("T2w");
  spec.mutable_arms(1)->set_channels(0, "T2w");
  *spec.mutable_arms(1)->mutable_train() = spec.train();
  spec.mutable_arms(1)->mutable_train()->set_seed(9);
  spec.mutable_split()->mutable_validation()->set_fraction(0.3);
  const auto plan = MakePlan(spec, std::vector{MakeTable(8)}, FakeNetworkCost);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *plan;
}

TEST(TrialsTest, GoByRepeatThenFoldThenArm) {
  EXPECT_THAT(TrialIds(TwoArms()),
              ElementsAre("T1w/train/r0/f0/s7", "T2w/train/r0/f0/s9", "T1w/train/r0/f1/s7",
                          "T2w/train/r0/f1/s9", "T1w/train/r1/f0/s7", "T2w/train/r1/f0/s9",
                          "T1w/train/r1/f1/s7", "T2w/train/r1/f1/s9"));
}

TEST(TrialsTest, ASpecHasAllThatDecidesItsBits) {
  const v1::Plan plan = TwoArms();
  const auto spec = SpecOfTrial(plan, "ab12cd34", "T2w/train/r1/f0/s9");
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->experiment_id(), "ab12cd34");
  EXPECT_EQ(spec->arm(), "T2w");
  EXPECT_EQ(spec->repeat(), 1);
  EXPECT_EQ(spec->fold(), 0);
  EXPECT_EQ(spec->train().seed(), 9);
  EXPECT_THAT(spec->channels(), ElementsAre("T2w"));
  EXPECT_THAT(spec->input_shape(), ElementsAre(1, 20, 22, 24));
  EXPECT_EQ(spec->split_hash(), plan.split_hash());
  EXPECT_EQ(spec->resources().slots_per_trial(), 1);

  const v1::Fold& fold = plan.folds(2);
  ASSERT_EQ(spec->train_items_size(), fold.train_size());
  ASSERT_EQ(spec->validation_items_size(), 1);
  ASSERT_EQ(spec->test_items_size(), 4);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < fold.train_size(); ++i) {
    EXPECT_EQ(spec->train_items(i).id(), plan.samples(fold.train(i)).id());
    EXPECT_EQ(spec->train_items(i).target(), fold.train(i));  // Ages are indices.
    sum += fold.train(i);
    squares += fold.train(i) * fold.train(i);
  }
  EXPECT_EQ(spec->test_items(0).id(), plan.samples(fold.test(0)).id());
  // Mean and SD are over the items that are trained on, not over those for validation or
  // test, and the divisor is n.
  EXPECT_DOUBLE_EQ(spec->output_offset(), sum / 3);
  EXPECT_NEAR(spec->output_scale(), std::sqrt(squares / 3 - sum / 3 * sum / 3), 1e-12);
}

TEST(TrialsTest, OutputMayBeAsItIsOrAsGiven) {
  v1::Plan plan = TwoArms();
  v1::OutputScale& output =
      *plan.mutable_arms(0)->mutable_task()->mutable_regression()->mutable_output();
  output.set_fit(v1::OUTPUT_FIT_IDENTITY);
  EXPECT_EQ(SpecOfTrial(plan, "e", "T1w/train/r0/f0/s7")->output_scale(), 1);
  EXPECT_EQ(SpecOfTrial(plan, "e", "T1w/train/r0/f0/s7")->output_offset(), 0);
  output.clear_fit();
  output.set_scale(25);
  output.set_offset(75);
  EXPECT_EQ(SpecOfTrial(plan, "e", "T1w/train/r0/f0/s7")->output_scale(), 25);
  EXPECT_EQ(SpecOfTrial(plan, "e", "T1w/train/r0/f0/s7")->output_offset(), 75);
}

TEST(TrialsTest, AnUnknownTrialIsNotFound) {
  EXPECT_EQ(SpecOfTrial(TwoArms(), "e", "T1w/train/r0/f2/s7").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(GrantTest, PermitsTheTrialsItemsEachForItsPurpose) {
  const v1::Plan plan = TwoArms();
  const auto spec = SpecOfTrial(plan, "e", "T2w/train/r0/f1/s9");
  const v1::GrantBody grant = MakeGrantBody(*spec, 3, plan.table_digests());
  EXPECT_EQ(grant.experiment_id(), "e");
  EXPECT_EQ(grant.trial_id(), "T2w/train/r0/f1/s9");
  EXPECT_EQ(grant.attempt(), 3);
  EXPECT_EQ(grant.order_seed(), 9);
  EXPECT_THAT(grant.channels(), ElementsAre("T2w"));
  EXPECT_THAT(grant.table_digests(), ElementsAre(Sha256Of("table")));
  ASSERT_EQ(grant.permits_size(), 3);
  EXPECT_EQ(grant.permits(0).purpose(), v1::PURPOSE_TRAIN);
  EXPECT_EQ(grant.permits(0).items_size(), 3);
  EXPECT_EQ(grant.permits(1).purpose(), v1::PURPOSE_VALIDATION);
  EXPECT_EQ(grant.permits(1).items(0), spec->validation_items(0).id());
  EXPECT_EQ(grant.permits(2).purpose(), v1::PURPOSE_TEST);
  EXPECT_EQ(grant.permits(2).items(3), spec->test_items(3).id());
}

}  // namespace
}  // namespace gyrus

#include "coordinator/plan/arm_plan.h"

#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ArmPlanTest : public testing::Test {
 protected:
  absl::StatusOr<v1::ArmPlan> Plan() {
    return PlanArm(spec_, spec_.arms(0), samples_, FakeNetworkCost);
  }

  void ExpectRefused(absl::StatusCode code, const std::string& message) {
    const absl::Status status = Plan().status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    EXPECT_THAT(std::string(status.message()), HasSubstr("arm 'T1w'"));
  }

  v1::ExperimentSpec spec_ = MakeSpec(2);
  Samples samples_ = {MakeSample("a", 1), MakeSample("b", 2)};
};

TEST_F(ArmPlanTest, HasShapeCostAndWorldSizes) {
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->input_shape(), ElementsAre(1, 20, 22, 24));
  EXPECT_EQ(plan->network().parameters(), 1000);
  EXPECT_THAT(plan->world_sizes(), ElementsAre(1, 2, 4));
}

TEST_F(ArmPlanTest, ShapesThatDifferAreRefusedByLine) {
  samples_[1].set_line(7);
  samples_[1].mutable_images(0)->set_shape(2, 25);
  ExpectRefused(absl::StatusCode::kInvalidArgument,
                "participants.csv:7 (infants/b/1) T1w: comes out of the recipe as 1x20x22x25");
}

TEST_F(ArmPlanTest, ImagesThatTheArmDoesNotSeeDoNotMatter) {
  samples_[1].mutable_images(1)->set_shape(2, 25);
  EXPECT_TRUE(Plan().ok());
}

TEST_F(ArmPlanTest, ARatioIsMadeOfFiles) {
  v1::Ratio& ratio = *spec_.mutable_recipe()->add_steps()->mutable_ratio();
  ratio.set_name("RI");
  ratio.add_of("T1w");
  ratio.add_of("T2w");
  spec_.mutable_arms(0)->set_channels(0, "RI");
  ASSERT_TRUE(Plan().ok()) << Plan().status();
  samples_[1].mutable_images(1)->set_shape(2, 25);
  ExpectRefused(absl::StatusCode::kInvalidArgument, "T2w: comes out of the recipe");
}

TEST_F(ArmPlanTest, AMissingImageIsRefusedByLine) {
  spec_.mutable_arms(0)->set_channels(0, "FLAIR");
  ExpectRefused(absl::StatusCode::kDataLoss,
                "participants.csv:2 (infants/a/1): has no image for channel 'FLAIR'");
}

TEST_F(ArmPlanTest, AnImageWithoutAGridIsRefused) {
  samples_[0].mutable_images(0)->clear_spacing_mm();
  ExpectRefused(absl::StatusCode::kDataLoss, "no grid");
}

TEST_F(ArmPlanTest, AnInputTooSmallForTheNetworkIsRefused) {
  for (v1::Sample& sample : samples_) sample.mutable_images(0)->set_shape(2, 7);
  ExpectRefused(absl::StatusCode::kInvalidArgument, "input is too small");
}

TEST_F(ArmPlanTest, ARecipeThatFailsNamesTheSample) {
  samples_[0].mutable_images(0)->set_shape(1, 0);
  ExpectRefused(absl::StatusCode::kInvalidArgument, "participants.csv:2 (infants/a/1): ");
}

TEST_F(ArmPlanTest, MoreSlotsThanLeavesAreRefused) {
  spec_.mutable_resources()->set_slots_per_trial(8);
  ExpectRefused(absl::StatusCode::kInvalidArgument, "can be trained by 1, 2, 4 ranks");
  spec_.mutable_resources()->set_slots_per_trial(3);
  ExpectRefused(absl::StatusCode::kInvalidArgument, "slots_per_trial is 3");
}

TEST_F(ArmPlanTest, AnArmWithoutChannelsOrBatchIsRefused) {
  spec_.mutable_train()->set_leaf(0);
  ExpectRefused(absl::StatusCode::kInvalidArgument, "train.leaf");
  spec_ = MakeSpec(2);
  spec_.mutable_arms(0)->clear_channels();
  ExpectRefused(absl::StatusCode::kInvalidArgument, "no channels");
}

TEST(WorldSizesTest, ArePowersOfTwoUpToTheLeavesOfABatch) {
  const auto sizes = [](uint32_t batch, uint32_t leaf) {
    v1::Train train;
    train.set_batch(batch);
    train.set_leaf(leaf);
    return WorldSizes(train);
  };
  EXPECT_THAT(sizes(1, 1), ElementsAre(1));
  EXPECT_THAT(sizes(7, 1), ElementsAre(1, 2, 4));
  EXPECT_THAT(sizes(8, 1), ElementsAre(1, 2, 4, 8));
  EXPECT_THAT(sizes(7, 2), ElementsAre(1, 2, 4));  // Leaves of 2, 2, 2, 1.
  EXPECT_THAT(sizes(6, 4), ElementsAre(1, 2));
}

}  // namespace
}  // namespace gyrus

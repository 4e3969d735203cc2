#include "coordinator/plan/planned_trials.h"

#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::shared_ptr<const v1::Plan> SomePlan() {
  const auto plan = MakePlan(MakeSpec(2, 2), std::vector{MakeTable(8)}, FakeNetworkCost);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return std::make_shared<const v1::Plan>(*plan);
}

TEST(PlannedTrialsTest, FindsEachTrialByNumberAndById) {
  const PlannedTrials trials(SomePlan());
  ASSERT_EQ(trials.size(), 4);
  for (uint32_t number = 0; number < trials.size(); ++number) {
    EXPECT_EQ(trials.NumberOf(trials[number].id), number);
    EXPECT_EQ(trials.ParentOf(number), std::nullopt);
    EXPECT_THAT(trials.ChildrenOf(number), IsEmpty());
  }
  EXPECT_EQ(trials[2].id, "T1w/train/r1/f0/s7");
  EXPECT_EQ(trials.NumberOf("T1w/train/r9/f0/s7"), std::nullopt);
  EXPECT_EQ(trials.NumberOf(""), std::nullopt);
}

TEST(PlannedTrialsTest, KnowsWhichTrialStartsFromWhich) {
  // An earlier stage of one fold, whose one trial all four start from.
  auto plan = std::make_shared<v1::Plan>(*SomePlan());
  v1::StagePlan& stage = *plan->add_earlier();
  stage.set_name("pretrain");
  *stage.mutable_plan()->add_arms() = plan->arms(0);
  *stage.mutable_plan()->add_folds() = plan->folds(0);
  (*stage.mutable_arms())["T1w"] = "T1w";
  plan->mutable_arms(0)->mutable_init()->set_stage("pretrain");
  const PlannedTrials trials(plan);
  ASSERT_EQ(trials.size(), 5);
  EXPECT_EQ(trials[0].id, "T1w/pretrain/r0/f0/s7");
  EXPECT_THAT(trials.ChildrenOf(0), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(trials.ParentOf(0), std::nullopt);
  EXPECT_EQ(trials.ParentOf(4), 0);
}

}  // namespace
}  // namespace gyrus

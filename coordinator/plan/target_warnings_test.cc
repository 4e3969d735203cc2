#include "coordinator/plan/target_warnings.h"

#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Subjects s00 to s11 of ages 0 to 11, in three folds.
class TargetWarningsTest : public testing::Test {
 protected:
  TargetWarningsTest() {
    plan_ = *MakePlan(MakeSpec(3), std::vector{MakeTable(12)}, FakeNetworkCost);
    plan_.clear_warnings();
  }

  void SetAge(int i, double age) { (*plan_.mutable_samples(i)->mutable_numbers())["age"] = age; }
  void SetUnit(const std::string& unit) {
    plan_.mutable_arms(0)->mutable_task()->mutable_regression()->set_unit(unit);
  }
  // Puts the samples from `first` on into a cohort of their own, and multiplies their ages.
  void SplitCohort(int first, double factor) {
    for (int i = first; i < 12; ++i) {
      v1::Sample& sample = *plan_.mutable_samples(i);
      sample.set_id(absl::StrCat("adults/s", i, "/1"));
      SetAge(i, sample.numbers().at("age") * factor);
    }
  }

  v1::Plan plan_;
};

TEST_F(TargetWarningsTest, ThereIsNothingToSayOfOrdinaryAges) {
  SetUnit("years");
  EXPECT_THAT(WarningsOfTargets(plan_), IsEmpty());
}

TEST_F(TargetWarningsTest, ValuesFarFromTheOthersAreNamed) {
  SetAge(3, 987.4);
  EXPECT_THAT(
      WarningsOfTargets(plan_),
      ElementsAre(AllOf(HasSubstr("target age: 1 of 12 values of cohort infants is far from "
                                  "the others, half of which lie from "),
                        HasSubstr("participants.csv:5 (infants/s03/1) 987.4; look for"))));
  for (const int i : {4, 5, 6}) SetAge(i, 9999);
  SetAge(3, -95.5);
  EXPECT_THAT(WarningsOfTargets(plan_),
              testing::Contains(HasSubstr("no person is that old: 1 of")));
}

TEST_F(TargetWarningsTest, AFewValuesHaveNoQuartiles) {
  plan_.mutable_samples()->DeleteSubrange(7, 5);
  SetAge(3, 987.4);
  EXPECT_THAT(WarningsOfTargets(plan_), IsEmpty());
}

TEST_F(TargetWarningsTest, MonthsUnderYearsAreTold) {
  SetUnit("years");
  for (int i = 0; i < 12; ++i) SetAge(i, 240 + i);
  EXPECT_THAT(
      WarningsOfTargets(plan_),
      ElementsAre(AllOf(HasSubstr("no person is that old: 12 of 12 values of cohort infants "
                                  "under task.regression.unit: years: "),
                        HasSubstr("and 9 more"))));
  SetUnit("months");
  EXPECT_THAT(WarningsOfTargets(plan_), IsEmpty());
}

TEST_F(TargetWarningsTest, CohortsWhoseRangesDoNotMeetAreTold) {
  SplitCohort(8, 1);
  EXPECT_THAT(
      WarningsOfTargets(plan_),
      ElementsAre(AllOf(HasSubstr("the ranges of cohorts adults (8 to 11) and infants (0 to "
                                  "7) do not meet"),
                        HasSubstr("is their unit the same?"))));
  SetAge(0, 9);
  EXPECT_THAT(WarningsOfTargets(plan_), IsEmpty());
}

TEST_F(TargetWarningsTest, ExternalSamplesOutsideOfTheRangeTrainedOnAreTold) {
  for (const double age : {5.0, 11.5, 20.0}) {
    *plan_.add_external() = MakeSample(absl::StrCat("x", age), age);
  }
  EXPECT_THAT(WarningsOfTargets(plan_),
              ElementsAre(AllOf(HasSubstr("target age: 2 of 3 external values lie outside of the "
                                          "range trained on, 0 to 11: "),
                                HasSubstr(" 11.5, "), HasSubstr("are guesses"))));
}

TEST_F(TargetWarningsTest, AUnitThatWouldExplainItIsNamed) {
  for (int i = 0; i < 12; ++i) SetAge(i, 3 + i % 4);
  SplitCohort(6, 12);
  EXPECT_THAT(WarningsOfTargets(plan_),
              ElementsAre(HasSubstr("-fold: is one in months and the other in years?")));
}

// A fold of four items, and with leave-one-out folds of one.
TEST_F(TargetWarningsTest, FoldsOfFewItemsSayLittle) {
  EXPECT_THAT(WarningsOfFewItems(plan_),
              ElementsAre(AllOf(HasSubstr(" test fewer than 10 items: R2 and correlations"),
                                HasSubstr("evaluate.pool: items"))));
  plan_.mutable_spec()->mutable_evaluate()->set_pool(v1::POOL_ITEMS);
  EXPECT_THAT(WarningsOfFewItems(plan_), IsEmpty());
  plan_.mutable_spec()->mutable_evaluate()->set_pool(v1::POOL_FOLDS);
  plan_.mutable_spec()->mutable_evaluate()->clear_metrics();
  plan_.mutable_spec()->mutable_evaluate()->add_metrics(v1::METRIC_MAE);
  EXPECT_THAT(WarningsOfFewItems(plan_), IsEmpty());
}

TEST_F(TargetWarningsTest, LeaveOneOutPoolsItemsUnlessAskedOtherwise) {
  const auto pooled = MakePlan(MakeSpec(6), std::vector{MakeTable(6)}, FakeNetworkCost);
  ASSERT_TRUE(pooled.ok()) << pooled.status();
  EXPECT_EQ(pooled->spec().evaluate().pool(), v1::POOL_ITEMS);
  EXPECT_EQ(plan_.spec().evaluate().pool(), v1::POOL_FOLDS);
  v1::ExperimentSpec spec = MakeSpec(6);
  spec.mutable_evaluate()->set_pool(v1::POOL_FOLDS);
  const auto folds = MakePlan(spec, std::vector{MakeTable(6)}, FakeNetworkCost);
  ASSERT_TRUE(folds.ok()) << folds.status();
  EXPECT_THAT(folds->warnings(),
              ElementsAre(HasSubstr("6 of 6 folds test one sample each: they have neither R2")));
}

}  // namespace
}  // namespace gyrus

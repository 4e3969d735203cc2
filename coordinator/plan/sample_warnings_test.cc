#include "coordinator/plan/sample_warnings.h"

#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The plan of MakeTable(8), with one arm of channel T1w.
class SampleWarningsTest : public testing::Test {
 protected:
  SampleWarningsTest() {
    *plan_.mutable_spec() = MakeSpec(4);
    const v1::SampleTable table = MakeTable(8);
    *plan_.mutable_samples() = table.samples();
    v1::ArmPlan& arm = *plan_.add_arms();
    arm.set_name("T1w");
    arm.add_channels("T1w");
    *arm.mutable_task() = plan_.spec().task();
  }

  v1::Sample& Sample(int i) { return *plan_.mutable_samples(i); }

  v1::Plan plan_;
};

TEST_F(SampleWarningsTest, ThereIsNothingToSayOfAnOrdinaryTable) {
  EXPECT_THAT(WarningsOfSamples(plan_), IsEmpty());
}

TEST_F(SampleWarningsTest, AClassOfFewerGroupsThanFoldsIsToldWithItsCount) {
  v1::Classification& task = *plan_.mutable_arms(0)->mutable_task()->mutable_classification();
  task.set_target("outcome");
  for (const char* name : {"con", "pat"}) task.add_classes(name);
  for (int i = 0; i < 8; ++i) (*Sample(i).mutable_texts())["outcome"] = i < 4 ? "con" : "pat";
  EXPECT_THAT(WarningsOfSamples(plan_), IsEmpty());
  Sample(6).set_family_key("infants/f");
  Sample(7).set_family_key("infants/f");
  EXPECT_THAT(WarningsOfSamples(plan_),
              ElementsAre(HasSubstr("class pat has 4 samples in 3 groups that must stay together, "
                                    "fewer than the 4 folds")));
}

TEST_F(SampleWarningsTest, SamplesWithoutASiteAreCounted) {
  plan_.mutable_spec()->mutable_split()->mutable_kfold()->set_group("site");
  for (int i = 0; i < 8; ++i) Sample(i).set_site(i % 2 == 0 ? "A" : "B");
  EXPECT_THAT(WarningsOfSamples(plan_), IsEmpty());
  for (int i = 0; i < 5; ++i) Sample(i).clear_site();
  EXPECT_THAT(WarningsOfSamples(plan_),
              ElementsAre(AllOf(HasSubstr("5 of 8 samples have no site (participants.csv:2 "),
                                HasSubstr(", ...); they are kept together as if of one site"))));
  plan_.mutable_spec()->mutable_split()->mutable_kfold()->set_group("scanner");
  for (int i = 0; i < 8; ++i) (*Sample(i).mutable_texts())["scanner"] = i == 0 ? "NA" : "x";
  EXPECT_THAT(WarningsOfSamples(plan_), ElementsAre(HasSubstr("1 of 8 samples has no scanner")));
}

TEST_F(SampleWarningsTest, EqualShapesOfDifferentSpacingAreNamed) {
  Sample(1).mutable_images(0)->set_spacing_mm(2, 1.005);  // Rounded by the scanner.
  EXPECT_THAT(WarningsOfSamples(plan_), IsEmpty());
  for (const int i : {3, 5}) Sample(i).mutable_images(0)->set_spacing_mm(2, 1.5);
  EXPECT_THAT(WarningsOfSamples(plan_),
              ElementsAre(AllOf(HasSubstr("voxels of T1w differ in size"),
                                HasSubstr("participants.csv:2 (infants/s00/1) has 1x1x1 mm, "
                                          "participants.csv:5 (infants/s03/1) has 1x1x1.5 mm"),
                                HasSubstr("2 samples unlike the first"))));
  plan_.mutable_arms(0)->mutable_recipe()->add_steps()->mutable_resample();
  EXPECT_THAT(WarningsOfSamples(plan_), IsEmpty());
}

}  // namespace
}  // namespace gyrus

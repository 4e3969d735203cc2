#include "coordinator/plan/brain_warnings.h"

#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Of MakeTable(4), whose images are brains on a background of zero.
class BrainWarningsTest : public testing::Test {
 protected:
  BrainWarningsTest() {
    *plan_.mutable_spec() = MakeSpec(2);
    const v1::SampleTable table = MakeTable(4);
    *plan_.mutable_samples() = table.samples();
    for (int i = 0; i < 4; ++i) {
      for (v1::Image& image : *Sample(i).mutable_images()) {
        image.set_background(0);
        image.set_foreground_share(0.3);
      }
    }
  }

  v1::Sample& Sample(int i) { return *plan_.mutable_samples(i); }
  v1::Image& T1w(int i) { return *Sample(i).mutable_images(0); }

  v1::Plan plan_;
};

TEST_F(BrainWarningsTest, ThereIsNothingToSayOfSkullStrippedImages) {
  EXPECT_THAT(BrainWarnings(plan_), IsEmpty());
}

TEST_F(BrainWarningsTest, LabelImagesAreNotJudged) {
  for (int i = 0; i < 4; ++i) {
    T1w(i).clear_background();
    T1w(i).set_foreground_share(0);
  }
  EXPECT_THAT(BrainWarnings(plan_), IsEmpty());
}

TEST_F(BrainWarningsTest, AWholeHeadIsNamedWithItsShare) {
  T1w(1).set_foreground_share(0.778);
  EXPECT_THAT(
      BrainWarnings(plan_),
      ElementsAre("77 % of voxels of infants/s01 (T1w) are not zero: not skull-stripped? Give "
                  "images of the brain alone, or masks (cohorts.infants.mask)"));
  T1w(2).set_foreground_share(0.9);
  T1w(3).set_foreground_share(0.9);
  EXPECT_THAT(
      BrainWarnings(plan_),
      ElementsAre("77 % of voxels of infants/s01 (T1w) are not zero (and 2 more samples likewise): "
                  "not skull-stripped? Give images of the brain alone, or masks "
                  "(cohorts.infants.mask)"));
  // A mask says where the brain is.
  for (int i = 0; i < 4; ++i) Sample(i).mutable_mask()->set_foreground_share(0.2);
  EXPECT_THAT(BrainWarnings(plan_), IsEmpty());
  Sample(3).mutable_mask()->set_foreground_share(1);
  EXPECT_THAT(
      BrainWarnings(plan_),
      ElementsAre("the mask of infants/s03 holds 100 % of all voxels: is it one of the brain?"));
}

TEST_F(BrainWarningsTest, AnImageWithoutABackgroundIsNamed) {
  T1w(0).clear_background();
  T1w(0).set_foreground_share(1);
  EXPECT_THAT(BrainWarnings(plan_),
              ElementsAre("infants/s00 (T1w) has no background (one value on most edges of the "
                          "grid), so that every voxel counts as brain: not skull-stripped? Give "
                          "images of the brain alone, or masks (cohorts.infants.mask)"));
}

TEST_F(BrainWarningsTest, ABackgroundThatIsNotZeroIsSaid) {
  for (int i = 0; i < 4; ++i) T1w(i).set_background(0.005);
  EXPECT_THAT(
      BrainWarnings(plan_),
      ElementsAre("the background of infants/s00 (T1w) is 0.005 and not zero; voxels of "
                  "that value count as outside of the brain (and 3 more samples likewise)"));
}

TEST_F(BrainWarningsTest, ARecipeThatCutsTheBrainIsNamedWithTheShareLost) {
  for (int i = 1; i < 4; ++i) {
    v1::BrainCut& cut = *Sample(i).add_brain_cuts();
    cut.set_arms("T1w, RI");
    cut.set_share(i == 1 ? 0.009 : 0.485);
  }
  EXPECT_THAT(BrainWarnings(plan_),
              ElementsAre("the recipe of T1w, RI cuts away 48 % of the brain of infants/s02 (and 1 "
                          "more sample likewise): give crop_or_pad a larger size, or around: "
                          "brain"));
}

TEST_F(BrainWarningsTest, SamplesOfSeveralStagesAreJudgedOnce) {
  T1w(1).set_foreground_share(0.9);
  *plan_.add_earlier()->mutable_plan()->mutable_samples() = plan_.samples();
  EXPECT_EQ(BrainWarnings(plan_).size(), 1);
}

}  // namespace
}  // namespace gyrus

#include "core/report/gap_text.h"

#include "core/report/testing/statistics_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(GapTextTest, ShowsGapsBeforeAndAfterAndNoAccuracy) {
  v1::Result result;
  v1::ArmResult& arm = *result.add_arms();
  arm.set_name("T1w");
  *arm.mutable_bias() = MakeBias();
  result.add_arms()->set_name("of classes");
  EXPECT_EQ(GapText(result), R"(
  arm  n  gap SD  r(gap, age)  corrected gap SD  r(corrected, age)
  T1w  6     3.5         -0.9               2.5              0.125
  arm   fold  slope  intercept  fitted on
  T1w  r0/f0    0.5         20          4
  T1w  r0/f1    n/a        n/a          0
T1w r0/f1: n/a: predictions hardly follow age
Correction of gaps: corrected gap = something.
)");
  EXPECT_EQ(GapText({}), "");
}

TEST(GapTextTest, SaysWhyThereIsNothing) {
  v1::Result result;
  v1::ArmResult& arm = *result.add_arms();
  arm.set_name("T1w");
  *arm.mutable_bias() = MakeBias();
  arm.mutable_bias()->mutable_corrected()->clear_sd();
  arm.mutable_bias()->mutable_corrected()->set_reason("one item");
  EXPECT_THAT(GapText(result), testing::HasSubstr("T1w: n/a: one item\n"));
}

}  // namespace
}  // namespace gyrus

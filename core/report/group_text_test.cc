#include "core/report/group_text.h"

#include "core/report/testing/statistics_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

TEST(GroupTextTest, HasGroupsDownAndArmsAcross) {
  v1::Result result;
  result.set_unit("months");
  for (const char* arm : {"T1w", "RI"}) *result.add_group_tables() = MakeGroupTable(arm);
  result.mutable_group_tables(0)->set_outside(2);
  result.mutable_group_tables(0)->set_without_target(3);
  EXPECT_EQ(GroupText(result), R"(
  age           n  T1w MAE [months] [95%]  n  RI MAE [months] [95%]
  [0, 2)        7              1.5 [1, 2]  7             1.5 [1, 2]
  [2, 6]        0                     n/a  0                    n/a
  all subjects  7              1.5 [1, 2]  7             1.5 [1, 2]
n counts subjects, each by its mean over sessions and repeats; intervals are of t. Items in no group: 2. Items without a target: 3.
)");
}

TEST(GroupTextTest, HasATableForEachColumn) {
  v1::Result result;
  *result.add_group_tables() = MakeGroupTable("T1w");
  *result.add_group_tables() = MakeGroupTable("T1w");
  result.mutable_group_tables(1)->set_by("site");
  const std::string text = GroupText(result);
  EXPECT_THAT(text, HasSubstr("  age "));
  EXPECT_THAT(text, HasSubstr("  site "));
  EXPECT_THAT(text, testing::Not(HasSubstr("in no group")));
  EXPECT_EQ(GroupText({}), "");
}

TEST(CumulativeScoreTextTest, HasARowForEachArm) {
  v1::Result result;
  for (const char* name : {"T1w", "RI"}) {
    v1::ArmResult& arm = *result.add_arms();
    arm.set_name(name);
    arm.add_cumulative_scores()->set_alpha(0.5);
    v1::CumulativeScore& score = *arm.add_cumulative_scores();
    score.set_alpha(1);
    score.set_percent(62.5);
  }
  result.add_arms()->set_name("of classes");
  EXPECT_EQ(CumulativeScoreText(result), R"(
  arm  CS(0.5) %  CS(1) %
  T1w        n/a     62.5
  RI         n/a     62.5
CS(alpha): percent of test items with an error of at most alpha.
)");
  EXPECT_EQ(CumulativeScoreText({}), "");
}

}  // namespace
}  // namespace gyrus

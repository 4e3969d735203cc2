#include "coordinator/plan/changed_rows.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ChangedRowsTest : public testing::Test {
 protected:
  // Messages of the reasons, for `now_`.
  std::vector<std::string> Changes() const {
    const auto plan = MakePlan(spec_, std::vector{then_}, FakeNetworkCost);
    EXPECT_TRUE(plan.ok()) << plan.status();
    std::vector<std::string> messages;
    for (const v1::Reason& reason : ChangedRows(spec_, *plan, std::vector{now_})) {
      EXPECT_EQ(reason.code(), v1::REASON_CODE_DATA_CHANGED);
      messages.push_back(reason.message());
    }
    return messages;
  }

  const v1::ExperimentSpec spec_ = MakeSpec(2);
  const v1::SampleTable then_ = MakeTable(6);
  v1::SampleTable now_ = then_;
};

TEST_F(ChangedRowsTest, EqualTablesHaveNoChange) {
  EXPECT_THAT(Changes(), IsEmpty());
  now_.mutable_samples(0)->set_line(99);  // A row may move.
  EXPECT_THAT(Changes(), IsEmpty());
}

TEST_F(ChangedRowsTest, NamesEachRowWithWhatWasThere) {
  (*now_.mutable_samples(3)->mutable_numbers())["age"] = 72.5;
  now_.mutable_samples(4)->set_site("york");
  EXPECT_THAT(Changes(),
              ElementsAre("participants.csv:5 (infants/s03/1): age was 3 when the run was planned "
                          "and is 72.5 now",
                          "participants.csv:6 (infants/s04/1): site was empty when the run was "
                          "planned and is york now"));
}

TEST_F(ChangedRowsTest, RowsThatCameAndWent) {
  now_.set_digest("another");
  now_.mutable_samples()->DeleteSubrange(5, 1);
  *now_.add_samples() = MakeSample("s77", 7);
  EXPECT_THAT(
      Changes(),
      ElementsAre("participants.csv:2 (infants/s77/1) was not there when the run was planned",
                  "participants.csv:7 (infants/s05/1) was there when the run was planned; its row "
                  "is gone now"));
}

TEST_F(ChangedRowsTest, AnImageWithOtherContent) {
  now_.set_digest("another");
  now_.mutable_samples(2)->mutable_images(0)->set_digest("other");
  EXPECT_THAT(Changes(),
              ElementsAre("participants.csv:4 (infants/s02/1): the content of its image of T1w "
                          "(s02_1_T1w.nii.gz) has changed since the run was planned"));
  // Before images are read, nothing is known of them.
  now_.clear_digest();
  EXPECT_THAT(Changes(), IsEmpty());
}

TEST_F(ChangedRowsTest, AnotherTableIsNeverTakenForTheSame) {
  now_.set_digest("another");
  EXPECT_THAT(Changes(), ElementsAre("cohort infants: its images lie elsewhere than when the run "
                                     "was planned"));
}

TEST(ChangedRowsLimitTest, AtMostTwentyRowsAreNamed) {
  const v1::ExperimentSpec spec = MakeSpec(2);
  v1::SampleTable table = MakeTable(60);
  const auto plan = MakePlan(spec, std::vector{table}, FakeNetworkCost);
  ASSERT_TRUE(plan.ok()) << plan.status();
  for (v1::Sample& sample : *table.mutable_samples()) (*sample.mutable_numbers())["age"] = -1;
  const auto reasons = ChangedRows(spec, *plan, std::vector{table});
  ASSERT_EQ(reasons.size(), 21);
  EXPECT_EQ(reasons.back().message(), "and 40 more rows have changed");
}

}  // namespace
}  // namespace gyrus

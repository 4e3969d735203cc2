#include "worker/training/progress.h"

#include <utility>
#include <vector>

#include "common/testing/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ProgressTest : public testing::Test {
 protected:
  Progress Make(bool root) {
    return Progress(
        root,
        [this](v1::Record record) {
          records_.push_back(std::move(record));
          return absl::OkStatus();
        },
        clock_);
  }

  FakeClock clock_;
  std::vector<v1::Record> records_;
};

TEST_F(ProgressTest, ReportsTheFirstStepAtOnceAndLaterOnesOnceASecond) {
  Progress progress = Make(/*root=*/true);
  progress.BeginEpoch(3);
  ASSERT_TRUE(progress.Step(30, 5, 4).ok());
  ASSERT_THAT(records_, SizeIs(1));
  EXPECT_EQ(records_[0].steps().first_step(), 30);
  clock_.Advance(absl::Milliseconds(600));
  ASSERT_TRUE(progress.Step(31, 4, 4).ok());
  EXPECT_THAT(records_, SizeIs(1));
  clock_.Advance(absl::Milliseconds(600));
  ASSERT_TRUE(progress.Step(32, 3, 2).ok());
  ASSERT_THAT(records_, SizeIs(2));
  const v1::StepsDone& steps = records_[1].steps();
  EXPECT_EQ(steps.epoch(), 3);
  EXPECT_EQ(steps.first_step(), 31);
  EXPECT_THAT(steps.train_loss(), ElementsAre(4, 3));
  EXPECT_EQ(steps.items(), 6);
  EXPECT_DOUBLE_EQ(steps.seconds(), 1.2);
}

TEST_F(ProgressTest, FlushesWhatIsLeftAndNothingTwice) {
  Progress progress = Make(/*root=*/true);
  progress.BeginEpoch(0);
  ASSERT_TRUE(progress.Step(0, 5, 4).ok());
  ASSERT_TRUE(progress.Step(1, 4, 4).ok());
  ASSERT_TRUE(progress.FlushSteps().ok());
  ASSERT_TRUE(progress.FlushSteps().ok());
  ASSERT_THAT(records_, SizeIs(2));
  EXPECT_THAT(records_[1].steps().train_loss(), ElementsAre(4));
}

TEST_F(ProgressTest, AnEpochHasItsNumberAndDuration) {
  Progress progress = Make(/*root=*/true);
  progress.BeginEpoch(7);
  clock_.Advance(absl::Seconds(9));
  v1::EpochDone done;
  done.set_train_loss(2.5);
  ASSERT_TRUE(progress.Epoch(done).ok());
  ASSERT_THAT(records_, SizeIs(1));
  EXPECT_EQ(records_[0].epoch().epoch(), 7);
  EXPECT_EQ(records_[0].epoch().seconds(), 9);
  EXPECT_EQ(records_[0].epoch().train_loss(), 2.5);
}

TEST_F(ProgressTest, OtherRanksReportOnlyThatTheyStartedAndFinished) {
  Progress progress = Make(/*root=*/false);
  progress.BeginEpoch(0);
  ASSERT_TRUE(progress.Step(0, 5, 4).ok());
  ASSERT_TRUE(progress.Epoch({}).ok());
  EXPECT_THAT(records_, IsEmpty());
  ASSERT_TRUE(progress.Started({}).ok());
  v1::TrainerFinished finished;
  finished.set_seen_digest("what rank 0 says");
  ASSERT_TRUE(progress.Finished(finished).ok());
  ASSERT_THAT(records_, SizeIs(2));
  EXPECT_TRUE(records_[0].has_started());
  EXPECT_TRUE(records_[1].has_finished());
  EXPECT_EQ(records_[1].finished().seen_digest(), "");
}

}  // namespace
}  // namespace gyrus

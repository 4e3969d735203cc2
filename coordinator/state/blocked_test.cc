// Experiments of which no trial may start.
#include "coordinator/state/testing/state_fixture.h"
#include "gmock/gmock.h"

namespace gyrus {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class BlockedTest : public StateFixture {
 protected:
  v1::ReasonCode WhyItWaits(const std::string& id) {
    state_.RefreshWaiting(kNow);
    return state_.WaitingReason(id, kTrialA).code();
  }
  const v1::Reason changed_ = MakeReason(v1::REASON_CODE_DATA_CHANGED);
};

TEST_F(BlockedTest, NoTrialOfABlockedExperimentStarts) {
  SubmitAndPlan("e");
  Hello("a", 2, link_);
  state_.Block("e", {changed_, changed_});
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow)), IsEmpty());
  EXPECT_EQ(WhyItWaits("e"), v1::REASON_CODE_DATA_CHANGED);
  EXPECT_THAT(state_.waiting().by_experiment.at("e"), SizeIs(2));
  state_.Block("e", {});
  EXPECT_EQ(WhyItWaits("e"), v1::REASON_CODE_UNSPECIFIED);
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow)), SizeIs(2));
}

TEST_F(BlockedTest, AnotherExperimentIsNotKeptWaiting) {
  SubmitAndPlan("e");
  SubmitAndPlan("f");
  Hello("a", 2, link_);
  state_.Block("e", {changed_});
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow)), SizeIs(2));
  EXPECT_EQ(Trial(kTrialA, "f").state, v1::TRIAL_STATE_RUNNING);
  EXPECT_EQ(Trial(kTrialA, "e").state, v1::TRIAL_STATE_PENDING);
}

TEST_F(BlockedTest, ATrialThatRunsIsLeftAloneAndIsNotTriedAgain) {
  SubmitAndPlan("e");
  Hello("a", 2, link_);
  Keep(state_.DecideSchedule(kNow));
  state_.Block("e", {changed_});
  EXPECT_EQ(Trial(kTrialA).state, v1::TRIAL_STATE_RUNNING);
  Keep(state_.Decide("e", FailAttempt{kTrialA, 1, MakeReason(v1::REASON_CODE_WORKER_RESTARTED)}));
  state_.MarkNotified();
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow + absl::Hours(1))), IsEmpty());
  state_.Block("e", {});
  EXPECT_THAT(Keep(state_.DecideSchedule(kNow + absl::Hours(2))), SizeIs(1));
}

TEST_F(BlockedTest, AnExperimentThatIsNotThereIsNotBlocked) {
  state_.Block("nobody", {changed_});
  EXPECT_THAT(state_.waiting().by_experiment, IsEmpty());
}

}  // namespace
}  // namespace gyrus

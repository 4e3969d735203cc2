#include "coordinator/runtime/status_store.h"

#include <string>
#include <utility>

#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

class StatusStoreTest : public testing::Test {
 protected:
  StatusStoreTest() {
    Do(Submit{"request", MakeSpec(2)});
    Do(AdoptPlan{TwoTrials()});
    Do(StartAttempt{kTrialA, Gang(1), "cpu"});
  }
  void Do(const Command& command) {
    const auto events = machine_.Decide(command);
    ASSERT_TRUE(events.ok()) << events.status();
    for (const v1::Event& event : *events) {
      EXPECT_TRUE(machine_.Apply(event).ok());
    }
    status_store_.Publish(std::make_shared<const ExperimentMachine>(machine_));
  }
  static v1::SpooledRecord Steps(uint32_t attempt, uint32_t first_step, double loss,
                                 uint32_t rank = 0) {
    v1::SpooledRecord record;
    record.mutable_rank()->set_experiment_id("e");
    record.mutable_rank()->set_trial_id(kTrialA);
    record.mutable_rank()->set_attempt(attempt);
    record.mutable_rank()->set_rank(rank);
    v1::StepsDone& steps = *record.mutable_record()->mutable_steps();
    steps.set_first_step(first_step);
    steps.add_train_loss(loss);
    steps.set_seconds(2);
    steps.set_items(4);
    return record;
  }
  v1::TrialProgress Progress() const {
    return status_store_.View("e", false)->trials(0).progress();
  }

  StatusStore status_store_;
  ExperimentMachine machine_{"e"};
};

TEST_F(StatusStoreTest, ShowsWhatARankWaitsForUntilItGoesOn) {
  const v1::RankId rank = Steps(1, 0, 0, /*rank=*/1).rank();
  status_store_.SetWaiting(rank, MakeReason(v1::REASON_CODE_LOADER_LOST, "away"));
  EXPECT_EQ(Progress().waiting().message(), "away");
  EXPECT_EQ(status_store_.View("e", false)->trials(0).reason().message(), "away");
  status_store_.SetWaiting(Steps(1, 0, 0).rank(), v1::Reason());
  EXPECT_TRUE(Progress().has_waiting()) << "rank 1 still waits";
  status_store_.SetWaiting(rank, v1::Reason());
  EXPECT_FALSE(Progress().has_waiting());
  EXPECT_FALSE(status_store_.View("e", false)->trials(0).has_reason());
}

TEST_F(StatusStoreTest, ShowsWhichWorkersRest) {
  WaitingReasons waiting;
  waiting.resting["w"] = MakeReason(v1::REASON_CODE_ENVIRONMENT, "rests");
  v1::WorkerView worker;
  worker.set_id("w");
  status_store_.PublishWorkers({worker});
  status_store_.PublishWaiting(waiting);
  ASSERT_EQ(status_store_.View("e", false)->resting_size(), 1);
  EXPECT_EQ(status_store_.View("e", false)->resting(0).resting().message(), "rests");
  ASSERT_EQ(status_store_.Resting().size(), 1);
  status_store_.PublishWaiting({});
  EXPECT_TRUE(status_store_.Resting().empty());
}

TEST_F(StatusStoreTest, ShowsTheProgressOfTheNewestAttemptOnly) {
  status_store_.SetProgress(Steps(1, 1, 0.5));
  EXPECT_EQ(Progress().step(), 2);
  EXPECT_EQ(Progress().steps_total(), 3);  // Three epochs of one batch.
  EXPECT_EQ(Progress().train_loss(), 0.5);
  EXPECT_EQ(Progress().items_per_second(), 2);
  EXPECT_EQ(Progress().seconds_left(), 2);
  status_store_.SetProgress(Steps(1, 0, 9, /*rank=*/1));
  EXPECT_EQ(Progress().step(), 2) << "only rank 0 speaks for the gang";
  v1::SpooledRecord epoch = Steps(1, 0, 0);
  epoch.mutable_record()->mutable_epoch()->set_validation_loss(4);
  status_store_.SetProgress(epoch);
  EXPECT_EQ(Progress().validation_loss(), 4);
  EXPECT_EQ(Progress().step(), 2);

  Do(FailAttempt{kTrialA, 1, MakeReason(v1::REASON_CODE_PEER_LOST)});
  Do(StartAttempt{kTrialA, Gang(1), "cpu"});
  EXPECT_EQ(Progress().step(), 0) << "the second attempt has not said anything";
  status_store_.SetProgress(Steps(2, 0, 0.75));
  EXPECT_EQ(Progress().step(), 1);
  EXPECT_EQ(Progress().train_loss(), 0.75);
  EXPECT_FALSE(Progress().has_validation_loss());
}

TEST_F(StatusStoreTest, ProgressOfAnExperimentThatIsNotThereIsForgotten) {
  v1::SpooledRecord record = Steps(1, 0, 1);
  record.mutable_rank()->set_experiment_id("another");
  status_store_.SetProgress(record);
  EXPECT_EQ(status_store_.View("another", false).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status_store_.List().size(), 1);
}

TEST_F(StatusStoreTest, NotifiesOfEveryChangeOfThatExperimentUntilUnsubscribed) {
  int notified = 0;
  const int64_t subscription = status_store_.Subscribe("e", [&notified] { ++notified; });
  status_store_.SetProgress(Steps(1, 0, 1));
  EXPECT_EQ(notified, 1);
  Do(Cancel{});
  EXPECT_EQ(notified, 2);
  status_store_.SetAdmission("e", v1::Admission());
  EXPECT_EQ(notified, 3);
  status_store_.Publish(std::make_shared<const ExperimentMachine>("another"));
  EXPECT_EQ(notified, 3);
  status_store_.Unsubscribe(subscription);
  Do(Cancel{});
  EXPECT_EQ(notified, 3);
}

TEST_F(StatusStoreTest, AWaitingTrialSaysWhyAndOneThatRunsDoesNot) {
  WaitingReasons waiting;
  waiting.by_class[{1, ""}] = MakeReason(v1::REASON_CODE_WAITING_FOR_SLOTS, "no slot");
  waiting.by_class[{1, "cpu"}] = MakeReason(v1::REASON_CODE_NUMERIC_KIND, "no such slot");
  status_store_.PublishWaiting(waiting);
  const auto view = status_store_.View("e", false);
  EXPECT_EQ(view->trials(0).reason().code(), v1::REASON_CODE_UNSPECIFIED);
  EXPECT_EQ(view->trials(1).reason().message(), "no slot");
  EXPECT_FALSE(view->has_plan());
  EXPECT_TRUE(status_store_.View("e", true)->has_plan());
}

}  // namespace
}  // namespace gyrus

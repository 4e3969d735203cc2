#include "coordinator/lifecycle/experiment_machine.h"

#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using absl::StatusCode;

class ExperimentMachineTest : public testing::Test {
 protected:
  // Decides and applies; the names of what happened.
  std::vector<std::string> Do(const Command& command) {
    const auto events = machine_.Decide(command);
    EXPECT_TRUE(events.ok()) << events.status();
    std::vector<std::string> names;
    for (v1::Event event : events.value_or(std::vector<v1::Event>())) {
      event.set_time_us(++time_us_);
      EXPECT_TRUE(machine_.Apply(event).ok()) << event.ShortDebugString();
      names.push_back(v1::Event::descriptor()->FindFieldByNumber(event.event_case())->name());
    }
    return names;
  }

  StatusCode Refusal(const Command& command) const {
    return machine_.Decide(command).status().code();
  }

  void Plan() {
    Do(Submit{"request", MakeSpec(2)});
    Do(AdoptPlan{TwoTrials()});
  }

  // One rank trains `trial` to its end.
  void Train(const std::string& trial) {
    Do(StartAttempt{trial, Gang(1), "cpu"});
    Do(FinishRank{trial, machine_.FindTrial(trial)->attempt, 0, Finished(0)});
  }

  FailAttempt Fail(const std::string& trial, v1::ReasonCode code) const {
    return FailAttempt{trial, machine_.FindTrial(trial)->attempt, MakeReason(code)};
  }

  v1::TrialState StateOf(const std::string& trial) const {
    return machine_.FindTrial(trial)->state;
  }

  ExperimentMachine machine_{"ab12cd34"};
  int64_t time_us_ = 1000;
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(ExperimentMachineTest, GoesFromSubmissionToATableWithoutHoles) {
  EXPECT_THAT(Do(Submit{"request", MakeSpec(2)}), ElementsAre("submitted"));
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_ADMITTING);
  EXPECT_THAT(Do(AdoptPlan{TwoTrials()}), ElementsAre("planned"));
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_RUNNING);
  EXPECT_THAT(Do(StartAttempt{kTrialA, Gang(2), "cpu"}), ElementsAre("attempt_started"));
  EXPECT_THAT(Do(FinishRank{kTrialA, 1, 1, Finished(1)}), ElementsAre("rank_finished"));
  EXPECT_EQ(StateOf(kTrialA), v1::TRIAL_STATE_RUNNING);
  EXPECT_THAT(Do(FinishRank{kTrialA, 1, 0, Finished(0)}),
              ElementsAre("rank_finished", "attempt_finished"));
  EXPECT_EQ(StateOf(kTrialA), v1::TRIAL_STATE_DONE);
  Do(StartAttempt{kTrialB, Gang(1), "gpu"});
  EXPECT_THAT(Do(FinishRank{kTrialB, 1, 0, Finished(0)}),
              ElementsAre("rank_finished", "attempt_finished", "ended"));
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_VALID);
  EXPECT_EQ(machine_.submitted_us(), 1001);
  EXPECT_EQ(machine_.ended_us(), time_us_);
}

TEST_F(ExperimentMachineTest, ASubmissionIsItsRequest) {
  EXPECT_EQ(Refusal(Submit{"", MakeSpec(2)}), StatusCode::kInvalidArgument);
  Do(Submit{"request", MakeSpec(2)});
  EXPECT_THAT(Do(Submit{"request", MakeSpec(2)}), IsEmpty());
  EXPECT_EQ(Refusal(Submit{"request", MakeSpec(3)}), StatusCode::kAlreadyExists);
  EXPECT_EQ(Refusal(Submit{"other", MakeSpec(2)}), StatusCode::kAlreadyExists);
}

TEST_F(ExperimentMachineTest, NothingHappensBeforeItIsSubmittedOrPlanned) {
  EXPECT_EQ(Refusal(Cancel{}), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Refusal(AdoptPlan{TwoTrials()}), StatusCode::kFailedPrecondition);
  Do(Submit{"request", MakeSpec(2)});
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, Gang(1), "cpu"}), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Refusal(FinishRank{kTrialA, 1, 0, Finished(0)}), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Refusal(AdoptPlan{}), StatusCode::kInvalidArgument);
}

TEST_F(ExperimentMachineTest, WhatCannotBePlannedIsInvalidForAReason) {
  Do(Submit{"request", MakeSpec(2)});
  EXPECT_EQ(Refusal(Reject{}), StatusCode::kInvalidArgument);
  const Reject reject = {{MakeReason(v1::REASON_CODE_BAD_DATA, "duplicates")}};
  EXPECT_THAT(Do(reject), ElementsAre("rejected", "ended"));
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_INVALID);
  EXPECT_EQ(machine_.reasons()[0].message(), "duplicates");
  EXPECT_THAT(Do(reject), IsEmpty());
  EXPECT_EQ(Refusal(Reject{{MakeReason(v1::REASON_CODE_LEAK)}}), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Refusal(AdoptPlan{TwoTrials()}), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Do(Cancel{}), IsEmpty());
}

TEST_F(ExperimentMachineTest, ATrainerThatCrashesIsTriedAgainUpToTheLimit) {
  Plan();
  for (uint32_t attempt = 1; attempt <= 3; ++attempt) {
    Do(StartAttempt{kTrialA, Gang(1), "cpu"});
    EXPECT_EQ(machine_.FindTrial(kTrialA)->attempt, attempt);
    Do(Fail(kTrialA, v1::REASON_CODE_TRAINER_EXITED));
    EXPECT_EQ(StateOf(kTrialA), attempt < 3 ? v1::TRIAL_STATE_PENDING : v1::TRIAL_STATE_FAILED);
  }
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, Gang(1), "cpu"}), StatusCode::kFailedPrecondition);
  Train(kTrialB);
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_INCOMPLETE);
}

TEST_F(ExperimentMachineTest, WhatTheEnvironmentDidCountsTowardsNoLimit) {
  Plan();
  for (int round = 0; round < 10; ++round) {
    for (const auto code : {v1::REASON_CODE_COORDINATOR_RESTARTED, v1::REASON_CODE_PEER_LOST,
                            v1::REASON_CODE_WORKER_RESTARTED, v1::REASON_CODE_LOADER_LOST,
                            v1::REASON_CODE_ENVIRONMENT}) {
      Do(StartAttempt{kTrialA, Gang(1), "cpu"});
      Do(Fail(kTrialA, code));
      EXPECT_EQ(StateOf(kTrialA), v1::TRIAL_STATE_PENDING);
    }
  }
  EXPECT_EQ(machine_.FindTrial(kTrialA)->failures, 0);
  EXPECT_EQ(machine_.FindTrial(kTrialA)->attempt, 50);
}

TEST_F(ExperimentMachineTest, WhatFailedIsOpenedByARetryAndTheExperimentRunsAgain) {
  Plan();
  Do(StartAttempt{kTrialA, Gang(1), "cpu"});
  EXPECT_THAT(Do(RetryTrials{}), IsEmpty()) << "nothing has failed";
  Do(Fail(kTrialA, v1::REASON_CODE_TRAINER_FAILED));
  EXPECT_THAT(Do(RetryTrials{{kTrialB}}), IsEmpty()) << "it waits";
  Train(kTrialB);
  ASSERT_EQ(machine_.state(), v1::EXPERIMENT_STATE_INCOMPLETE);
  EXPECT_EQ(Refusal(RetryTrials{{"T9"}}), StatusCode::kInvalidArgument);
  EXPECT_THAT(Do(RetryTrials{{kTrialA}}), ElementsAre("trials_reopened"));
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_RUNNING);
  EXPECT_EQ(machine_.ended_us(), 0);
  EXPECT_EQ(StateOf(kTrialA), v1::TRIAL_STATE_PENDING);
  EXPECT_EQ(StateOf(kTrialB), v1::TRIAL_STATE_DONE);
  EXPECT_THAT(Do(RetryTrials{{kTrialA}}), IsEmpty()) << "it was opened already";
  Train(kTrialA);
  EXPECT_EQ(machine_.FindTrial(kTrialA)->attempt, 2);
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_VALID);
  EXPECT_THAT(Do(RetryTrials{}), IsEmpty());
}

TEST_F(ExperimentMachineTest, WhatWasCancelledOrNeverPlannedIsNotRetried) {
  Do(Submit{"request", MakeSpec(2)});
  EXPECT_EQ(Refusal(RetryTrials{}), StatusCode::kFailedPrecondition);
  Do(AdoptPlan{TwoTrials()});
  Do(Cancel{});
  EXPECT_EQ(Refusal(RetryTrials{}), StatusCode::kFailedPrecondition);
}

TEST_F(ExperimentMachineTest, AnAttemptThatGotAResultForgetsEarlierFailures) {
  Plan();
  Do(StartAttempt{kTrialA, Gang(1), "cpu"});
  Do(Fail(kTrialA, v1::REASON_CODE_PEER_LOST));
  EXPECT_EQ(machine_.FindTrial(kTrialA)->reason.code(), v1::REASON_CODE_PEER_LOST);
  Train(kTrialA);
  EXPECT_EQ(machine_.FindTrial(kTrialA)->reason.code(), v1::REASON_CODE_UNSPECIFIED);
}

TEST_F(ExperimentMachineTest, WhatAnOlderAttemptSaysIsRefused) {
  Plan();
  Do(StartAttempt{kTrialA, Gang(2), "cpu"});
  Do(FinishRank{kTrialA, 1, 0, Finished(0)});
  Do(Fail(kTrialA, v1::REASON_CODE_PEER_LOST));
  EXPECT_EQ(Refusal(FinishRank{kTrialA, 1, 1, Finished(1)}), StatusCode::kAborted);
  Do(StartAttempt{kTrialA, Gang(2), "cpu"});
  EXPECT_EQ(Refusal(FinishRank{kTrialA, 1, 1, Finished(1)}), StatusCode::kAborted);
  EXPECT_EQ(Refusal(FailAttempt{kTrialA, 1, MakeReason(v1::REASON_CODE_PEER_LOST)}),
            StatusCode::kAborted);
  EXPECT_EQ(Refusal(FinishRank{kTrialA, 3, 1, Finished(1)}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Refusal(FinishRank{"T9", 1, 1, Finished(1)}), StatusCode::kInvalidArgument);
  // That rank 0 had finished in the first attempt does not count for the second.
  EXPECT_THAT(Do(FinishRank{kTrialA, 2, 1, Finished(1)}), ElementsAre("rank_finished"));
}

TEST_F(ExperimentMachineTest, ARankThatFinishedOtherwiseIsRefused) {
  Plan();
  Do(StartAttempt{kTrialA, Gang(2), "cpu"});
  Do(FinishRank{kTrialA, 1, 0, Finished(0)});
  EXPECT_THAT(Do(FinishRank{kTrialA, 1, 0, Finished(0)}), IsEmpty());
  EXPECT_EQ(Refusal(FinishRank{kTrialA, 1, 0, Finished(0, "x")}), StatusCode::kAlreadyExists);
  EXPECT_EQ(Refusal(FinishRank{kTrialA, 1, 2, Finished(1)}), StatusCode::kInvalidArgument);
}

TEST_F(ExperimentMachineTest, RankZeroLeavesEveryArtifact) {
  Plan();
  Do(StartAttempt{kTrialA, Gang(1), "cpu"});
  for (int missing = 0; missing < 3; ++missing) {
    v1::TrainerFinished finished = Finished(0);
    finished.mutable_artifacts()->DeleteSubrange(missing, 1);
    EXPECT_EQ(Refusal(FinishRank{kTrialA, 1, 0, finished}), StatusCode::kInvalidArgument);
    finished = Finished(0);
    finished.mutable_artifacts(missing)->set_sha256("short");
    EXPECT_EQ(Refusal(FinishRank{kTrialA, 1, 0, finished}), StatusCode::kInvalidArgument);
  }
}

TEST_F(ExperimentMachineTest, AGangIsAWorldSizeWithASeatForEachRank) {
  Plan();
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, Gang(3), "cpu"}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, Gang(8), "cpu"}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, {}, "cpu"}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, Gang(1), ""}), StatusCode::kInvalidArgument);
  std::vector<v1::Placement> twice = Gang(2);
  twice[1].set_slot(0);
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, twice, "cpu"}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Refusal(StartAttempt{"T9", Gang(1), "cpu"}), StatusCode::kInvalidArgument);
}

TEST_F(ExperimentMachineTest, TheFirstNumericKindStays) {
  Plan();
  Do(StartAttempt{kTrialA, Gang(1), "cpu"});
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, Gang(2), "cpu"}), StatusCode::kFailedPrecondition);
  Do(Fail(kTrialA, v1::REASON_CODE_PEER_LOST));
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, Gang(1), "gpu"}), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Do(StartAttempt{kTrialA, Gang(2), "cpu"}), ElementsAre("attempt_started"));
}

TEST_F(ExperimentMachineTest, ACancelledExperimentKeepsWhatIsDone) {
  Plan();
  Train(kTrialA);
  Do(StartAttempt{kTrialB, Gang(1), "cpu"});
  EXPECT_THAT(Do(Cancel{}), ElementsAre("cancelled", "ended"));
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_INCOMPLETE);
  EXPECT_EQ(StateOf(kTrialA), v1::TRIAL_STATE_DONE);
  EXPECT_EQ(StateOf(kTrialB), v1::TRIAL_STATE_CANCELLED);
  EXPECT_EQ(machine_.FindTrial(kTrialB)->reason.code(), v1::REASON_CODE_CANCELLED);
  EXPECT_EQ(Refusal(FinishRank{kTrialB, 1, 0, Finished(0)}), StatusCode::kAborted);
}

TEST_F(ExperimentMachineTest, AFailureNeedsAReason) {
  Plan();
  Do(StartAttempt{kTrialA, Gang(1), "cpu"});
  EXPECT_EQ(Refusal(FailAttempt{kTrialA, 1, {}}), StatusCode::kInvalidArgument);
}

TEST_F(ExperimentMachineTest, AnEventOfAnotherExperimentOrOfNoKindIsDataLoss) {
  v1::Event event = machine_.Decide(Submit{"request", MakeSpec(2)})->front();
  event.set_experiment_id("other");
  EXPECT_EQ(machine_.Apply(event).code(), StatusCode::kDataLoss);
  event.set_experiment_id("ab12cd34");
  event.clear_event();
  EXPECT_EQ(machine_.Apply(event).code(), StatusCode::kDataLoss);
}

// A training on adults before each of two folds of infants.
v1::Plan WithPretraining() {
  v1::Plan plan = TwoTrials();
  v1::StagePlan& stage = *plan.add_earlier();
  stage.set_name("pretrain");
  *stage.mutable_plan()->mutable_spec() = plan.spec();
  *stage.mutable_plan()->add_arms() = plan.arms(0);
  v1::Fold& fold = *stage.mutable_plan()->add_folds();
  fold.add_train(0);
  (*stage.mutable_arms())["T1w"] = "T1w";
  plan.mutable_arms(0)->mutable_init()->set_stage("pretrain");
  return plan;
}

constexpr char kPretraining[] = "T1w/pretrain/r0/f0/s7";

TEST_F(ExperimentMachineTest, ATrialStartsOnceWhatItGoesOnFromIsDone) {
  Do(Submit{"request", MakeSpec(2)});
  Do(AdoptPlan{WithPretraining()});
  ASSERT_EQ(machine_.trials().size(), 3);
  EXPECT_EQ((*machine_.planned())[machine_.FindTrial(kTrialA)->number].parent, kPretraining);
  EXPECT_FALSE(machine_.IsReady(*machine_.FindTrial(kTrialA)));
  EXPECT_EQ(Refusal(StartAttempt{kTrialA, Gang(1), "cpu"}), StatusCode::kFailedPrecondition);
  Train(kPretraining);
  EXPECT_TRUE(machine_.IsReady(*machine_.FindTrial(kTrialA)));
  Train(kTrialA);
  Train(kTrialB);
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_VALID);
}

TEST_F(ExperimentMachineTest, WhatGoesOnFromATrialThatFailedFailsWithIt) {
  Do(Submit{"request", MakeSpec(2)});
  Do(AdoptPlan{WithPretraining()});
  Do(StartAttempt{kPretraining, Gang(1), "cpu"});
  EXPECT_THAT(Do(Fail(kPretraining, v1::REASON_CODE_TRAINER_FAILED)),
              ElementsAre("attempt_failed", "ended"));
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_INCOMPLETE);
  for (const char* const trial : {kTrialA, kTrialB}) {
    EXPECT_EQ(StateOf(trial), v1::TRIAL_STATE_FAILED);
    EXPECT_EQ(machine_.FindTrial(trial)->reason.code(), v1::REASON_CODE_STAGE_FAILED);
  }
}

TEST_F(ExperimentMachineTest, ARetryOpensWhatBelongsTogether) {
  Do(Submit{"request", MakeSpec(2)});
  Do(AdoptPlan{WithPretraining()});
  Do(StartAttempt{kPretraining, Gang(1), "cpu"});
  Do(Fail(kPretraining, v1::REASON_CODE_TRAINER_FAILED));
  Do(RetryTrials{{kTrialA}});
  for (const char* const trial : {kPretraining, kTrialA, kTrialB}) {
    EXPECT_EQ(StateOf(trial), v1::TRIAL_STATE_PENDING) << trial;
  }
  Train(kPretraining);
  Train(kTrialA);
  Train(kTrialB);
  EXPECT_EQ(machine_.state(), v1::EXPERIMENT_STATE_VALID);
}

TEST_F(ExperimentMachineTest, APretrainingThatIsTriedAgainFailsNobody) {
  Do(Submit{"request", MakeSpec(2)});
  Do(AdoptPlan{WithPretraining()});
  Do(StartAttempt{kPretraining, Gang(1), "cpu"});
  Do(Fail(kPretraining, v1::REASON_CODE_PEER_LOST));
  EXPECT_EQ(StateOf(kTrialA), v1::TRIAL_STATE_PENDING);
  Train(kPretraining);
  Train(kTrialA);
  EXPECT_EQ(StateOf(kTrialA), v1::TRIAL_STATE_DONE);
}

TEST_F(ExperimentMachineTest, WhatAFailedTrialHadIsKeptWhereItIsNotTriedAgain) {
  const v1::TrainerFinished had = Finished(0, "last");
  const std::vector<v1::Artifact> last = {had.artifacts(0), had.artifacts(1)};
  const auto fail = [&](v1::ReasonCode code, std::vector<v1::Artifact> artifacts) {
    Do(StartAttempt{kTrialA, Gang(1), "cpu"});
    FailAttempt failed = Fail(kTrialA, code);
    failed.last_finite = std::move(artifacts);
    Do(failed);
    return machine_.FindTrial(kTrialA)->last_finite.size();
  };
  Plan();
  EXPECT_EQ(fail(v1::REASON_CODE_PEER_LOST, last), 0);
  EXPECT_EQ(fail(v1::REASON_CODE_TRAINER_FAILED, last), 2);
}

TEST_F(ExperimentMachineTest, OnlyWeightsWithTheirFactsAreKept) {
  const v1::TrainerFinished had = Finished(0, "last");
  Plan();
  Do(StartAttempt{kTrialA, Gang(1), "cpu"});
  FailAttempt failed = Fail(kTrialA, v1::REASON_CODE_TRAINER_FAILED);
  failed.last_finite = {had.artifacts(1), had.artifacts(0)};
  Do(failed);
  EXPECT_TRUE(machine_.FindTrial(kTrialA)->last_finite.empty());
}

}  // namespace
}  // namespace gyrus

#include "coordinator/lifecycle/view.h"

#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

void Do(ExperimentMachine& machine, const Command& command) {
  const auto events = machine.Decide(command);
  ASSERT_TRUE(events.ok()) << events.status();
  for (v1::Event event : *events) {
    event.set_time_us(event.has_submitted() ? 10 : 20);
    ASSERT_TRUE(machine.Apply(event).ok());
  }
}

TEST(ViewTest, ShowsTrialsWithTheirWorkersAndReasons) {
  ExperimentMachine machine("ab12cd34");
  Do(machine, Submit{"request", MakeSpec(2)});
  EXPECT_EQ(ToView(machine).state(), v1::EXPERIMENT_STATE_ADMITTING);
  EXPECT_EQ(ToView(machine).trials_total(), 0);
  v1::Plan plan = TwoTrials();
  plan.add_warnings("mind the gap");
  Do(machine, AdoptPlan{plan});
  Do(machine, StartAttempt{kTrialA, Gang(2), "cpu"});
  Do(machine, StartAttempt{kTrialB, Gang(1), "cpu"});
  Do(machine, FailAttempt{kTrialB, 1, MakeReason(v1::REASON_CODE_PEER_LOST, "gone")});

  v1::ExperimentView view = ToView(machine);
  EXPECT_EQ(view.id(), "ab12cd34");
  EXPECT_EQ(view.name(), "ages");
  EXPECT_EQ(view.submitted_us(), 10);
  EXPECT_EQ(view.ended_us(), 0);
  EXPECT_THAT(view.warnings(), testing::ElementsAre("mind the gap"));
  EXPECT_EQ(view.trials_total(), 2);
  EXPECT_EQ(view.trials_done(), 0);
  EXPECT_FALSE(view.has_plan());
  ASSERT_EQ(view.trials_size(), 2);
  EXPECT_EQ(view.trials(0).id(), kTrialA);
  EXPECT_EQ(view.trials(0).state(), v1::TRIAL_STATE_RUNNING);
  EXPECT_EQ(view.trials(0).attempt(), 1);
  EXPECT_EQ(view.trials(0).epochs(), 3);
  EXPECT_FALSE(view.trials(0).has_reason());
  EXPECT_THAT(view.trials(0).workers(), testing::ElementsAre("worker-1"));
  EXPECT_EQ(view.trials(1).state(), v1::TRIAL_STATE_PENDING);
  EXPECT_EQ(view.trials(1).reason().message(), "gone");
  EXPECT_TRUE(view.trials(1).workers().empty());

  Do(machine, FinishRank{kTrialA, 1, 0, Finished(0)});
  Do(machine, FinishRank{kTrialA, 1, 1, Finished(1)});
  Do(machine, Cancel{});
  view = ToView(machine);
  EXPECT_EQ(view.trials_done(), 1);
  EXPECT_TRUE(view.cancelled());
  EXPECT_EQ(view.ended_us(), 20);
  EXPECT_EQ(view.state(), v1::EXPERIMENT_STATE_INCOMPLETE);
}

TEST(ViewTest, ShowsWhyAnExperimentIsInvalid) {
  ExperimentMachine machine("ab12cd34");
  Do(machine, Submit{"request", MakeSpec(2)});
  Do(machine, Reject{{MakeReason(v1::REASON_CODE_BAD_DATA, "duplicates")}});
  const v1::ExperimentView view = ToView(machine);
  EXPECT_EQ(view.state(), v1::EXPERIMENT_STATE_INVALID);
  ASSERT_EQ(view.reasons_size(), 1);
  EXPECT_EQ(view.reasons(0).message(), "duplicates");
}

}  // namespace
}  // namespace gyrus

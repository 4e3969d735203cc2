#include "coordinator/runtime/plan_runner.h"

#include <optional>
#include <utility>

#include "absl/synchronization/notification.h"
#include "common/testing/fake_clock.h"
#include "coordinator/runtime/testing/fakes.h"
#include "core/spec/defaults/defaults.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class PlanRunnerTest : public testing::Test {
 protected:
  static v1::ExperimentSpec Spec() {
    v1::ExperimentSpec spec = MakeSpec(2);
    FillDefaults(spec);
    return spec;
  }
  // The command that follows.
  Command Run(const v1::ExperimentSpec& spec) {
    std::optional<Command> enqueued;
    absl::Notification done;
    PlanRunner runner(planner_, status_store_, clock_, [&](const std::string& id, Command command) {
      EXPECT_EQ(id, "e");
      enqueued = std::move(command);
      done.Notify();
    });
    runner.Begin("e", spec);
    EXPECT_TRUE(done.WaitForNotificationWithTimeout(kTestPatience));
    return *enqueued;
  }

  FakeLoaders loaders_;
  Planner planner_{loaders_};
  StatusStore status_store_;
  FakeClock clock_;
};

TEST_F(PlanRunnerTest, AnExperimentThatCanRunGetsItsPlan) {
  const Command command = Run(Spec());
  ASSERT_TRUE(std::holds_alternative<AdoptPlan>(command));
  EXPECT_EQ(std::get<AdoptPlan>(command).plan.folds_size(), 2);
  ASSERT_THAT(loaders_.requests(), SizeIs(2));
  EXPECT_TRUE(loaders_.requests()[0].rows_only());
  EXPECT_FALSE(loaders_.requests()[1].rows_only());
}

TEST_F(PlanRunnerTest, ASplitThatTheRowsDoNotAllowIsRejectedBeforeAnyImageIsRead) {
  v1::ExperimentSpec spec = Spec();
  spec.mutable_split()->mutable_kfold()->set_k(7);  // There are six subjects.
  const Command command = Run(spec);
  ASSERT_TRUE(std::holds_alternative<Reject>(command));
  EXPECT_THAT(std::get<Reject>(command).reasons, SizeIs(1));
  ASSERT_THAT(loaders_.requests(), SizeIs(1));
  EXPECT_TRUE(loaders_.requests()[0].rows_only());
}

// A loader that is away, or whose disk is full, is no verdict on the experiment.
TEST_F(PlanRunnerTest, APassingFaultIsWaitedOut) {
  ExperimentMachine machine("e");
  ASSERT_TRUE(machine.Apply(machine.Decide(Submit{"request", Spec()})->front()).ok());
  status_store_.Publish(std::make_shared<const ExperimentMachine>(machine));
  absl::Notification shown;
  const int64_t subscription = status_store_.Subscribe("e", [&] {
    if (!shown.HasBeenNotified()) shown.Notify();
  });
  std::optional<Command> enqueued;
  absl::Notification done;
  PlanRunner runner(planner_, status_store_, clock_, [&](const std::string&, Command command) {
    enqueued = std::move(command);
    done.Notify();
  });
  loaders_.FailNextAdmissions({absl::UnavailableError("no data loader answers at a:1")});
  runner.Begin("e", Spec());
  ASSERT_TRUE(shown.WaitForNotificationWithTimeout(kTestPatience));
  status_store_.Unsubscribe(subscription);
  const v1::ExperimentView view = status_store_.View("e", false).value();
  EXPECT_EQ(view.state(), v1::EXPERIMENT_STATE_ADMITTING);
  EXPECT_EQ(view.admission().waiting().code(), v1::REASON_CODE_LOADER_LOST);
  runner.RetryDue(clock_.Monotonic());
  EXPECT_FALSE(done.HasBeenNotified());
  runner.RetryDue(clock_.Monotonic() + absl::Seconds(1));
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(kTestPatience));
  EXPECT_TRUE(std::holds_alternative<AdoptPlan>(*enqueued));
}

// No image is read for an experiment that cannot run as written.
TEST_F(PlanRunnerTest, WhatNeedsNoSampleIsCheckedBeforeAnyLoaderIsAsked) {
  v1::ExperimentSpec spec = Spec();
  spec.mutable_resources()->set_slots_per_trial(3);
  const Command command = Run(spec);
  ASSERT_TRUE(std::holds_alternative<Reject>(command));
  EXPECT_THAT(std::get<Reject>(command).reasons.at(0).message(), HasSubstr("can be trained by"));
  EXPECT_THAT(loaders_.requests(), IsEmpty());
}

}  // namespace
}  // namespace gyrus

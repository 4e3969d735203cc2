// The work of a decision does not grow with the number of trials or experiments.
// Counted, not timed.
#include <string>

#include "absl/strings/str_cat.h"
#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "coordinator/state/coordinator_state.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

struct Counter final : ElementCounter {
  void CountRead() override { ++reads; }
  void CountWrite() override { ++writes; }
  uint64_t reads = 0;
  uint64_t writes = 0;
};

// A state in which everything may happen, and how often trials were touched.
class Cluster {
 public:
  Cluster(int experiments, int trials_each) {
    for (int i = 0; i < experiments; ++i) {
      const std::string id = absl::StrCat("e", i);
      v1::SubmitRequest request;
      request.set_request_id(id);
      *request.mutable_spec() = MakeSpec(2);
      std::string given;
      Keep(state_.DecideSubmit(request, id, given).value());
      const v1::Plan plan =
          *MakePlan(MakeSpec(2, trials_each / 2), std::vector{MakeTable(6)}, FakeNetworkCost);
      Keep(state_.Decide(id, AdoptPlan{plan}).value());
    }
    v1::Hello hello;
    hello.set_worker_id("worker-1");
    hello.set_slots(4);
    hello.set_incarnation(1);
    hello.set_numeric_kind("cpu");
    Keep(state_.DecideHello(hello, &link_).value());
    Keep(state_.DecideSchedule(absl::Hours(1)));
  }

  // The first trial that runs ends, and another one starts.
  Counter WorkOfOneEnd() {
    const TrialKey key = *state_.occupied().TrialsOn("worker-1").begin();
    const TrialStatus trial = state_.Find(key.experiment_id)->trials()[key.number];
    const Counter before = counter_;
    v1::SpooledRecord record;
    record.mutable_rank()->set_experiment_id(key.experiment_id);
    record.mutable_rank()->set_trial_id(trial.id);
    record.mutable_rank()->set_attempt(trial.attempt);
    *record.mutable_record()->mutable_finished() = Finished(0);
    Keep(state_.DecideRecord(record).value());
    const ExperimentMachine snapshot = *state_.Find(key.experiment_id);
    state_.RefreshWaiting(absl::Hours(1));
    Keep(state_.DecideSchedule(absl::Hours(1)));
    Keep(state_.DecideLost(absl::Hours(1)));
    Counter work;
    work.reads = counter_.reads - before.reads;
    work.writes = counter_.writes - before.writes;
    return work;
  }

 private:
  void Keep(const CoordinatorState::Events& events) {
    for (const v1::Event& event : events) ASSERT_TRUE(state_.Apply(event).ok());
  }

  Counter counter_;
  const int link_ = 0;
  CoordinatorState state_{{.trial_counter = &counter_}};
};

TEST(StateWorkTest, DoesNotGrowWithTheNumberOfTrials) {
  const Counter few = Cluster(1, 10).WorkOfOneEnd();
  const Counter many = Cluster(1, 2000).WorkOfOneEnd();
  EXPECT_EQ(many.reads, few.reads);
  EXPECT_EQ(many.writes, few.writes);
  EXPECT_GT(few.reads, 0);
  EXPECT_EQ(few.writes, 3) << "a rank finished, an attempt finished, another one started";
}

TEST(StateWorkTest, DoesNotGrowWithTheNumberOfExperiments) {
  const Counter few = Cluster(1, 10).WorkOfOneEnd();
  const Counter many = Cluster(200, 10).WorkOfOneEnd();
  EXPECT_EQ(many.reads, few.reads);
  EXPECT_EQ(many.writes, few.writes);
}

}  // namespace
}  // namespace gyrus

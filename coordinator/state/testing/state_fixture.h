// A state with workers and experiments of two trials, for the tests of this folder.
#pragma once

#include <string>

#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "coordinator/state/coordinator_state.h"
#include "gtest/gtest.h"

namespace gyrus {

// By default a worker is lost after 60 s, and may take 10 s to come back.
inline constexpr absl::Duration kNow = absl::Hours(1);

// Rules alone: no ledger, no thread, no clock.
class StateFixture : public testing::Test {
 protected:
  CoordinatorState::Events Keep(const absl::StatusOr<CoordinatorState::Events>& events) {
    EXPECT_TRUE(events.ok()) << events.status();
    for (const v1::Event& event : *events) {
      EXPECT_TRUE(state_.Apply(event).ok()) << event.ShortDebugString();
      all_.push_back(event);
    }
    return *events;
  }
  // Two trials that wait.
  void SubmitAndPlan(const std::string& id = "e", uint32_t slots = 1) {
    v1::SubmitRequest request;
    request.set_request_id("request of " + id);
    *request.mutable_spec() = MakeSpec(2);
    std::string given;
    Keep(state_.DecideSubmit(request, id, given));
    EXPECT_EQ(given, id);
    v1::Plan plan = TwoTrials();
    plan.mutable_spec()->mutable_resources()->set_slots_per_trial(slots);
    Keep(state_.Decide(id, AdoptPlan{plan}));
  }
  CoordinatorState::Events Hello(const std::string& worker, uint32_t slots, const int& link,
                                 uint64_t incarnation = 1) {
    return Keep(state_.DecideHello(HelloOf(worker, slots, incarnation), &link));
  }
  static v1::Hello HelloOf(const std::string& worker, uint32_t slots, uint64_t incarnation) {
    v1::Hello hello;
    hello.set_worker_id(worker);
    hello.set_slots(slots);
    hello.set_incarnation(incarnation);
    hello.set_numeric_kind("cpu");
    return hello;
  }
  const TrialStatus& Trial(const std::string& trial, const std::string& id = "e") {
    return *state_.Find(id)->FindTrial(trial);
  }

  CoordinatorState state_;
  CoordinatorState::Events all_;
  const int link_ = 1, newer_ = 2;  // Only their addresses matter.
};

}  // namespace gyrus

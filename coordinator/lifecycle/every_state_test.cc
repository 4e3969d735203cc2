// Visits every state that a small experiment can reach, and tries every command
// in each: two trials, two ranks, at most two attempts that count.
#include <deque>
#include <map>
#include <set>

#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr uint32_t kLimit = 2;
// Restarts do not count, so attempts have no bound of their own.
constexpr uint32_t kMaxAttempts = 2;

struct Visited {
  ExperimentMachine state;
  std::vector<v1::Event> history;
};

ExperimentMachine NewMachine() { return ExperimentMachine("ab12cd34", kLimit); }

std::vector<Command> AllCommands() {
  std::vector<Command> commands = {
      Submit{"request", MakeSpec(2)},
      Submit{"", MakeSpec(2)},
      AdoptPlan{TwoTrials()},
      Reject{{MakeReason(v1::REASON_CODE_BAD_DATA)}},
      Cancel{},
      StartAttempt{kTrialA, Gang(2), "gpu"},
      RetryTrials{},
      RetryTrials{{kTrialB}},
      RetryTrials{{"no such trial"}},
  };
  for (const char* trial : {kTrialA, kTrialB}) {
    commands.push_back(StartAttempt{trial, Gang(2), "cpu"});
    for (uint32_t attempt = 0; attempt <= kMaxAttempts + 1; ++attempt) {
      for (uint32_t rank = 0; rank < 3; ++rank) {
        commands.push_back(FinishRank{trial, attempt, rank, Finished(rank)});
      }
      for (const auto code : {v1::REASON_CODE_TRAINER_EXITED, v1::REASON_CODE_TRAINER_FAILED,
                              v1::REASON_CODE_ENVIRONMENT}) {
        const v1::TrainerFinished had = Finished(0);
        commands.push_back(
            FailAttempt{trial, attempt, MakeReason(code), {had.artifacts(0), had.artifacts(1)}});
        commands.push_back(FailAttempt{trial, attempt, MakeReason(code)});
      }
    }
  }
  return commands;
}

// Equal for equal states, and only for those, of one experiment.
std::string KeyOf(const ExperimentMachine& machine) {
  std::string key = absl::StrCat(machine.state(), machine.cancelled(), machine.reasons().size());
  for (const TrialStatus& trial : machine.trials()) {
    absl::StrAppend(&key, "|", trial.state, ",", trial.attempt, ",", trial.failures, ",",
                    trial.numeric_kind, ",", trial.reason.code(), ",", trial.last_finite.size());
    for (const auto& finished : trial.finished) absl::StrAppend(&key, ",", finished.has_value());
  }
  return key;
}

// The trial and attempt that a command is about.
struct Target {
  std::string trial;
  uint32_t attempt;
};

std::optional<Target> TargetOf(const Command& command) {
  if (const auto* c = std::get_if<FinishRank>(&command)) return Target{c->trial_id, c->attempt};
  if (const auto* c = std::get_if<FailAttempt>(&command)) return Target{c->trial_id, c->attempt};
  return std::nullopt;
}

// Older attempts are ABORTED; those that never were are INVALID_ARGUMENT.
void CheckFenced(const ExperimentMachine& from, const Command& command,
                 const absl::Status& status) {
  const auto target = TargetOf(command);
  if (!target || from.plan() == nullptr) return;
  const uint32_t newest = from.FindTrial(target->trial)->attempt;
  if (target->attempt == 0 || target->attempt > newest) {
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  } else if (target->attempt < newest) {
    ASSERT_EQ(status.code(), absl::StatusCode::kAborted) << status;
  }
}

// What is over changes only where an operator opens what has failed.
void CheckKept(const ExperimentMachine& from, const Command& command, const ExperimentMachine& to) {
  const bool opens = std::holds_alternative<RetryTrials>(command);
  ASSERT_TRUE(opens || !from.IsTerminal());
  for (size_t i = 0; i < from.trials().size(); ++i) {
    const TrialStatus& before = from.trials()[i];
    const TrialStatus& after = to.trials()[i];
    if (opens && before.state == v1::TRIAL_STATE_FAILED && after.state != before.state) {
      ASSERT_EQ(after.state, v1::TRIAL_STATE_PENDING);
      ASSERT_EQ(after.attempt, before.attempt) << "the number fences earlier attempts";
      ASSERT_EQ(after.failures, 0);
      continue;
    }
    ASSERT_TRUE(!IsTerminal(before) || after == before);
  }
}

// An experiment ends when nothing is left to do, VALID only when all is done,
// and every hole has its reason.
void CheckNoHiddenHole(const ExperimentMachine& machine) {
  if (machine.plan() == nullptr) return;
  int open = 0;
  int done = 0;
  for (const TrialStatus& trial : machine.trials()) {
    if (!IsTerminal(trial)) ++open;
    if (trial.state == v1::TRIAL_STATE_DONE) {
      ++done;
      ASSERT_TRUE(AllFinished(trial));
      ASSERT_EQ(trial.finished.size(), 2);
    } else if (IsTerminal(trial)) {
      ASSERT_NE(trial.reason.code(), v1::REASON_CODE_UNSPECIFIED);
      ASSERT_NE(trial.reason.message(), "");
    }
  }
  ASSERT_EQ(machine.IsTerminal(), open == 0);
  ASSERT_EQ(machine.state() == v1::EXPERIMENT_STATE_VALID, done == 2);
}

struct Tally {
  uint32_t attempts = 0;
  uint32_t counted_failures = 0;
  std::set<uint32_t> ranks;  // The ranks of the newest attempt.
  std::set<std::string> kinds;
  bool given_up = false;
  bool done = false;
};

// Checks the history alone.
void CheckHistory(const std::vector<v1::Event>& history) {
  std::map<std::string, Tally> tallies;
  for (const v1::Event& event : history) {
    if (event.has_attempt_started()) {
      Tally& tally = tallies[event.attempt_started().trial_id()];
      ASSERT_EQ(event.attempt_started().attempt(), ++tally.attempts);
      ASSERT_FALSE(tally.given_up || tally.done);
      tally.ranks.clear();
      tally.kinds.insert(event.attempt_started().numeric_kind());
    } else if (event.has_rank_finished()) {
      Tally& tally = tallies[event.rank_finished().trial_id()];
      ASSERT_EQ(event.rank_finished().attempt(), tally.attempts);
      ASSERT_TRUE(tally.ranks.insert(event.rank_finished().rank()).second);
    } else if (event.has_attempt_finished()) {
      Tally& tally = tallies[event.attempt_finished().trial_id()];
      ASSERT_THAT(tally.ranks, testing::ElementsAre(0, 1));
      tally.done = true;
    } else if (event.has_attempt_failed()) {
      const v1::AttemptFailed& failed = event.attempt_failed();
      Tally& tally = tallies[failed.trial_id()];
      const v1::ReasonCode code = failed.reason().code();
      if (code != v1::REASON_CODE_ENVIRONMENT) ++tally.counted_failures;
      tally.given_up = !failed.retry();
      const bool hopeless = code == v1::REASON_CODE_TRAINER_FAILED;
      ASSERT_EQ(failed.retry(), !hopeless && tally.counted_failures < kLimit);
    } else if (event.has_trials_reopened()) {
      for (const std::string& trial : event.trials_reopened().trial_ids()) {
        ASSERT_TRUE(tallies[trial].given_up) << trial;
        tallies[trial].given_up = false;
        tallies[trial].counted_failures = 0;
      }
    }
  }
  for (const auto& [trial, tally] : tallies) ASSERT_EQ(tally.kinds.size(), 1) << trial;
}

ExperimentMachine Replay(const std::vector<v1::Event>& history) {
  ExperimentMachine machine = NewMachine();
  for (const v1::Event& event : history) EXPECT_TRUE(machine.Apply(event).ok());
  return machine;
}

// Does `command` in `from`; checks every rule about this step.
void Step(const Visited& from, const Command& command, Visited& to, bool& moved) {
  const auto events = from.state.Decide(command);
  CheckFenced(from.state, command, events.status());
  moved = events.ok() && !events->empty();
  if (!moved) return;
  for (const v1::Event& event : *events) {
    ASSERT_TRUE(to.state.Apply(event).ok()) << event.ShortDebugString();
    to.history.push_back(event);
    // No event happens twice.
    ExperimentMachine again = to.state;
    ASSERT_EQ(again.Apply(event).code(), absl::StatusCode::kDataLoss) << event.ShortDebugString();
    ASSERT_TRUE(again == to.state);
  }
  CheckKept(from.state, command, to.state);
  CheckNoHiddenHole(to.state);
  CheckHistory(to.history);
  ASSERT_TRUE(Replay(to.history) == to.state);
  // Saying it twice is saying it once.
  const auto again = to.state.Decide(command);
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_TRUE(again->empty());
}

bool WouldExceed(const ExperimentMachine& machine, const Command& command) {
  const auto* start = std::get_if<StartAttempt>(&command);
  if (start == nullptr || machine.plan() == nullptr) return false;
  return machine.FindTrial(start->trial_id)->attempt == kMaxAttempts;
}

TEST(EveryStateTest, HoldsTheRules) {
  const std::vector<Command> commands = AllCommands();
  std::deque<Visited> queue = {{NewMachine(), {}}};
  std::map<std::string, ExperimentMachine> seen = {{KeyOf(NewMachine()), NewMachine()}};
  std::map<v1::ExperimentState, int> ends;
  while (!queue.empty()) {
    const Visited from = std::move(queue.front());
    queue.pop_front();
    ++ends[from.state.state()];
    for (const Command& command : commands) {
      if (WouldExceed(from.state, command)) continue;
      Visited to = from;
      bool moved = false;
      ASSERT_NO_FATAL_FAILURE(Step(from, command, to, moved)) << KeyOf(from.state);
      if (!moved) continue;
      const auto [known, is_new] = seen.try_emplace(KeyOf(to.state), to.state);
      ASSERT_TRUE(known->second == to.state) << "the key leaves something out";
      if (is_new) queue.push_back(std::move(to));
    }
  }
  EXPECT_EQ(ends[v1::EXPERIMENT_STATE_INVALID], 1);
  for (const auto state : {v1::EXPERIMENT_STATE_VALID, v1::EXPERIMENT_STATE_INCOMPLETE,
                           v1::EXPERIMENT_STATE_RUNNING}) {
    EXPECT_GT(ends[state], 0);
  }
  EXPECT_EQ(seen.size(), 2599);  // A fingerprint: a change here is a change of behaviour.
}

// Every event that ever happened, in every state: it follows, or it is damage
// and changes nothing.
TEST(EveryStateTest, AnEventThatCannotFollowChangesNothing) {
  std::vector<v1::Event> history;
  ExperimentMachine machine = NewMachine();
  const std::vector<Command> script = {
      Submit{"request", MakeSpec(2)},
      AdoptPlan{TwoTrials()},
      StartAttempt{kTrialA, Gang(2), "cpu"},
      FailAttempt{kTrialA, 1, MakeReason(v1::REASON_CODE_PEER_LOST)},
      StartAttempt{kTrialA, Gang(2), "cpu"},
      FinishRank{kTrialA, 2, 0, Finished(0)},
      FinishRank{kTrialA, 2, 1, Finished(1)},
      StartAttempt{kTrialB, Gang(2), "cpu"},
      FailAttempt{kTrialB, 1, MakeReason(v1::REASON_CODE_TRAINER_FAILED)},
  };
  for (const Command& command : script) {
    const auto events = machine.Decide(command);
    ASSERT_TRUE(events.ok()) << events.status();
    for (const v1::Event& event : *events) {
      ASSERT_TRUE(machine.Apply(event).ok());
      history.push_back(event);
    }
  }
  ASSERT_TRUE(machine.IsTerminal());
  const auto reopened = machine.Decide(RetryTrials{});
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  for (const v1::Event& event : *reopened) {
    ASSERT_TRUE(machine.Apply(event).ok());
    history.push_back(event);
  }
  for (size_t length = 0; length <= history.size(); ++length) {
    const ExperimentMachine state = Replay({history.begin(), history.begin() + length});
    for (size_t i = 0; i < history.size(); ++i) {
      ExperimentMachine after = state;
      if (after.Apply(history[i]).ok()) {
        ASSERT_GE(i, length) << "event " << i << " follows twice";
        // Ends wait for all that they are the end of.
        const bool is_end = history[i].has_attempt_finished() || history[i].has_ended();
        ASSERT_TRUE(i == length || !is_end) << "event " << i << " after " << length;
      } else {
        ASSERT_NE(i, length);
        ASSERT_TRUE(after == state) << "event " << i << " after " << length;
      }
    }
  }
}

}  // namespace
}  // namespace gyrus

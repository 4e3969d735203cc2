#include "coordinator/schedule/schedule.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

ReadyTrial Trial(const std::string& id, uint32_t world_size, const std::string& kind = "") {
  return {"experiment", id, world_size, kind, {}};
}

WorkerSlots Worker(const std::string& id, const std::string& kind, uint32_t slots,
                   std::vector<uint32_t> free) {
  return {id, 7, kind, slots, std::move(free)};
}

struct WaitingTrial {
  std::string trial_id;
  v1::Reason reason;
};

struct ScheduleResult {
  std::vector<Assignment> assignments;
  std::vector<WaitingTrial> waiting;
};

ScheduleResult Schedule(absl::Span<const ReadyTrial> trials,
                        absl::Span<const WorkerSlots> workers) {
  GangPlacer placer(workers);
  ScheduleResult result;
  for (const ReadyTrial& trial : trials) {
    v1::Reason why;
    if (auto assignment = placer.Place(trial, why)) {
      result.assignments.push_back(*std::move(assignment));
    } else {
      result.waiting.push_back({trial.trial_id, why});
    }
  }
  return result;
}

// "trial@worker/slot,worker/slot" and "trial:REASON", in order.
std::vector<std::string> Text(const ScheduleResult& result) {
  std::vector<std::string> text;
  for (const Assignment& assignment : result.assignments) {
    std::string line = absl::StrCat(assignment.trial_id, "@");
    for (const v1::Placement& placement : assignment.gang) {
      absl::StrAppend(&line, line.back() == '@' ? "" : ",", placement.worker_id(), "/",
                      placement.slot());
    }
    text.push_back(line);
  }
  for (const WaitingTrial& trial : result.waiting) {
    text.push_back(
        absl::StrCat(trial.trial_id, ":", v1::ReasonCode_Name(trial.reason.code()).substr(12)));
  }
  return text;
}

using testing::ElementsAre;

TEST(ScheduleTest, StartsTrialsInOrderOnTheLowestSlots) {
  EXPECT_THAT(Text(Schedule(std::vector{Trial("a", 1), Trial("b", 1), Trial("c", 1)},
                            std::vector{Worker("w", "cpu", 4, {1, 3})})),
              ElementsAre("a@w/1", "b@w/3", "c:WAITING_FOR_SLOTS"));
}

TEST(ScheduleTest, AGangStartsWholeOrNotAtAll) {
  EXPECT_THAT(
      Text(Schedule(std::vector{Trial("a", 4)}, std::vector{Worker("w", "cpu", 4, {0, 1, 2})})),
      ElementsAre("a:WAITING_FOR_SLOTS"));
}

TEST(ScheduleTest, AGangSitsOnTheFullestWorkerWithRoom) {
  EXPECT_THAT(
      Text(Schedule(std::vector{Trial("a", 2)},
                    std::vector{Worker("u", "cpu", 4, {0, 1, 2, 3}), Worker("v", "cpu", 4, {3}),
                                Worker("w", "cpu", 2, {0, 1})})),
      ElementsAre("a@w/0,w/1"));
}

TEST(ScheduleTest, AGangThatFitsNoWorkerSitsOnAsFewAsNeedBe) {
  EXPECT_THAT(Text(Schedule(std::vector{Trial("a", 4)},
                            std::vector{Worker("u", "cpu", 2, {0}), Worker("v", "cpu", 2, {0, 1}),
                                        Worker("w", "cpu", 3, {0, 1, 2})})),
              ElementsAre("a@w/0,w/1,w/2,v/0"));
}

TEST(ScheduleTest, AGangIsOfOneNumericKind) {
  const std::vector workers = {Worker("u", "avx2", 1, {0}), Worker("v", "avx512", 1, {0})};
  EXPECT_THAT(Text(Schedule(std::vector{Trial("a", 2), Trial("b", 1)}, workers)),
              ElementsAre("b@u/0", "a:WAITING_FOR_SLOTS"));
  const ScheduleResult result = Schedule(std::vector{Trial("a", 1, "avx512")}, workers);
  EXPECT_THAT(Text(result), ElementsAre("a@v/0"));
  EXPECT_EQ(result.assignments[0].numeric_kind, "avx512");
  EXPECT_EQ(result.assignments[0].gang[0].incarnation(), 7);
}

TEST(ScheduleTest, RoomOnOneWorkerOfAnotherKindIsBetterThanTwoWorkers) {
  EXPECT_THAT(Text(Schedule(std::vector{Trial("a", 2)},
                            std::vector{Worker("u", "avx2", 1, {0}), Worker("v", "avx2", 1, {0}),
                                        Worker("w", "avx512", 2, {0, 1})})),
              ElementsAre("a@w/0,w/1"));
}

TEST(ScheduleTest, ATrialWithoutItsNumericKindHoldsUpNobody) {
  EXPECT_THAT(Text(Schedule(std::vector{Trial("a", 1, "gpu"), Trial("b", 1)},
                            std::vector{Worker("w", "cpu", 1, {0})})),
              ElementsAre("b@w/0", "a:NUMERIC_KIND"));
}

TEST(ScheduleTest, AWaitingGangIsNotOvertakenForItsSlots) {
  EXPECT_THAT(Text(Schedule(std::vector{Trial("a", 2), Trial("b", 1)},
                            std::vector{Worker("w", "cpu", 2, {1})})),
              ElementsAre("a:WAITING_FOR_SLOTS", "b:WAITING_FOR_SLOTS"));
  // Slots that it could not use are free for others.
  EXPECT_THAT(Text(Schedule(std::vector{Trial("a", 2, "cpu"), Trial("b", 1)},
                            std::vector{Worker("v", "cpu", 2, {1}), Worker("w", "gpu", 1, {0})})),
              ElementsAre("b@w/0", "a:WAITING_FOR_SLOTS"));
}

TEST(ScheduleTest, AGangTooLargeForTheClusterHoldsUpNobody) {
  const ScheduleResult result = Schedule(std::vector{Trial("a", 8), Trial("b", 2)},
                                         std::vector{Worker("w", "cpu", 4, {0, 1})});
  EXPECT_THAT(Text(result), ElementsAre("b@w/0,w/1", "a:WAITING_FOR_SLOTS"));
  EXPECT_EQ(result.waiting[0].reason.message(),
            "slots of one numeric kind: it needs 8, free are 2 of at most 4");
}

TEST(ScheduleTest, WithoutWorkersEveryTrialSaysWhyItWaits) {
  const ScheduleResult result = Schedule(std::vector{Trial("a", 1), Trial("b", 1, "cpu")}, {});
  EXPECT_THAT(Text(result), ElementsAre("a:WAITING_FOR_SLOTS", "b:NUMERIC_KIND"));
  EXPECT_EQ(result.waiting[0].reason.message(), "no worker is connected yet");
}

ReadyTrial TrialWithCheckpoints(const std::string& id, uint32_t world_size,
                                std::vector<std::string> workers) {
  ReadyTrial trial = Trial(id, world_size, "cpu");
  trial.checkpoint_workers = std::move(workers);
  return trial;
}

TEST(ScheduleTest, RankZeroIsPlacedWhereTheNewestCheckpointIs) {
  const std::vector workers = {Worker("u", "cpu", 4, {3}), Worker("v", "cpu", 4, {1, 2}),
                               Worker("w", "cpu", 4, {})};
  EXPECT_THAT(Text(Schedule(std::vector{TrialWithCheckpoints("a", 1, {"v", "u"})}, workers)),
              ElementsAre("a@v/1"));
  // The newest has no free slot, so the next one is better than none.
  EXPECT_THAT(Text(Schedule(std::vector{TrialWithCheckpoints("a", 1, {"w", "v"})}, workers)),
              ElementsAre("a@v/1"));
  // A worker that is not connected, or has no room, does not hold the trial up.
  EXPECT_THAT(Text(Schedule(std::vector{TrialWithCheckpoints("a", 1, {"away", "w"})}, workers)),
              ElementsAre("a@u/3"));
}

TEST(ScheduleTest, ACheckpointIsWorthMoreThanACompactGang) {
  const std::vector workers = {Worker("u", "cpu", 4, {3}), Worker("v", "cpu", 4, {0, 1, 2})};
  EXPECT_THAT(Text(Schedule(std::vector{TrialWithCheckpoints("a", 2, {"u"})}, workers)),
              ElementsAre("a@u/3,v/0"));
  EXPECT_THAT(Text(Schedule(std::vector{TrialWithCheckpoints("a", 2, {"v"})}, workers)),
              ElementsAre("a@v/0,v/1"));
}

struct Case {
  std::vector<ReadyTrial> trials;
  std::vector<WorkerSlots> workers;
};

Case RandomCase(RandomStream& random) {
  const auto kind = [&] { return std::string(1, static_cast<char>('A' + random.NextBelow(3))); };
  Case result;
  const uint32_t workers = random.NextBelow(5);
  for (uint32_t w = 0; w < workers; ++w) {
    WorkerSlots worker = Worker(absl::StrCat("w", w), kind(), 1 + random.NextBelow(4), {});
    for (uint32_t slot = 0; slot < worker.slots; ++slot) {
      if (random.NextBelow(3) != 0) worker.free.push_back(slot);
    }
    result.workers.push_back(worker);
  }
  const uint32_t trials = random.NextBelow(7);
  for (uint32_t t = 0; t < trials; ++t) {
    result.trials.push_back(
        Trial(absl::StrCat("t", t), 1u << random.NextBelow(3), random.NextBelow(3) ? "" : kind()));
  }
  return result;
}

// Follows the trials in order with books of its own, and checks each decision.
class Auditor {
 public:
  explicit Auditor(const std::vector<WorkerSlots>& workers) : workers_(workers) {
    for (const WorkerSlots& worker : workers) {
      for (const uint32_t slot : worker.free) free_[worker.worker_id].insert(slot);
    }
  }

  void CheckStarted(const ReadyTrial& trial, const Assignment& assignment) {
    ASSERT_EQ(assignment.gang.size(), trial.world_size);
    ASSERT_TRUE(trial.numeric_kind.empty() || trial.numeric_kind == assignment.numeric_kind);
    ASSERT_FALSE(held_.contains(assignment.numeric_kind)) << "overtook a gang that waits";
    const bool had_room = HasRoomOnOneWorker(trial);
    std::set<std::string> used;
    for (const v1::Placement& placement : assignment.gang) {
      const WorkerSlots* worker = Find(placement.worker_id());
      ASSERT_NE(worker, nullptr);
      ASSERT_EQ(worker->numeric_kind, assignment.numeric_kind);
      ASSERT_EQ(worker->incarnation, placement.incarnation());
      ASSERT_EQ(free_[placement.worker_id()].erase(placement.slot()), 1) << "a slot twice";
      used.insert(placement.worker_id());
    }
    ASSERT_EQ(used.size() == 1, had_room);
  }

  void CheckWaits(const ReadyTrial& trial, const v1::Reason& reason) {
    size_t usable = 0;
    std::set<std::string> to_hold;
    for (const WorkerSlots& worker : workers_) {
      if (!Suits(trial, worker)) continue;
      const auto [free, all] = SlotsOf(worker.numeric_kind);
      ASSERT_LT(free, trial.world_size) << "could have started";
      usable += free;
      if (all >= trial.world_size) to_hold.insert(worker.numeric_kind);
    }
    const bool no_kind = usable == 0 && !trial.numeric_kind.empty();
    ASSERT_EQ(reason.code(),
              no_kind ? v1::REASON_CODE_NUMERIC_KIND : v1::REASON_CODE_WAITING_FOR_SLOTS);
    ASSERT_NE(reason.message(), "");
    if (!no_kind) held_.insert(to_hold.begin(), to_hold.end());
  }

 private:
  const WorkerSlots* Find(const std::string& id) const {
    for (const WorkerSlots& worker : workers_) {
      if (worker.worker_id == id) return &worker;
    }
    return nullptr;
  }

  // A worker of a kind that is not held and that `trial` may use.
  bool Suits(const ReadyTrial& trial, const WorkerSlots& worker) const {
    return !held_.contains(worker.numeric_kind) &&
           (trial.numeric_kind.empty() || trial.numeric_kind == worker.numeric_kind);
  }

  bool HasRoomOnOneWorker(const ReadyTrial& trial) {
    for (const WorkerSlots& worker : workers_) {
      if (Suits(trial, worker) && free_[worker.worker_id].size() >= trial.world_size) return true;
    }
    return false;
  }

  std::pair<size_t, size_t> SlotsOf(const std::string& kind) {
    std::pair<size_t, size_t> slots = {0, 0};
    for (const WorkerSlots& worker : workers_) {
      if (worker.numeric_kind != kind) continue;
      slots.first += free_[worker.worker_id].size();
      slots.second += worker.slots;
    }
    return slots;
  }

  const std::vector<WorkerSlots>& workers_;
  std::map<std::string, std::set<uint32_t>> free_;
  std::set<std::string> held_;  // Kinds set aside for a gang that waits.
};

TEST(ScheduleTest, KeepsItsRulesWhateverComes) {
  for (uint64_t seed = 0; seed < 20000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomStream random(seed, "schedule_test");
    const Case input = RandomCase(random);
    const ScheduleResult result = Schedule(input.trials, input.workers);
    Auditor auditor(input.workers);
    size_t started = 0;
    size_t waiting = 0;
    for (const ReadyTrial& trial : input.trials) {
      if (started < result.assignments.size() &&
          result.assignments[started].trial_id == trial.trial_id) {
        ASSERT_NO_FATAL_FAILURE(auditor.CheckStarted(trial, result.assignments[started++]));
      } else {
        ASSERT_LT(waiting, result.waiting.size()) << trial.trial_id << " is forgotten";
        ASSERT_EQ(result.waiting[waiting].trial_id, trial.trial_id);
        ASSERT_NO_FATAL_FAILURE(auditor.CheckWaits(trial, result.waiting[waiting++].reason));
      }
    }
    ASSERT_EQ(started, result.assignments.size());
    ASSERT_EQ(waiting, result.waiting.size());
  }
}

}  // namespace
}  // namespace gyrus

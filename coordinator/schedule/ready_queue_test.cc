#include "coordinator/schedule/ready_queue.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

WorkerSlots Worker(const std::string& id, const std::string& kind, uint32_t free) {
  WorkerSlots worker{.worker_id = id, .incarnation = 1, .numeric_kind = kind, .slots = free};
  for (uint32_t slot = 0; slot < free; ++slot) worker.free.push_back(slot);
  return worker;
}

CheckpointHint NoHint(const QueuedTrial&) { return {}; }

// "experiment/number", in order.
std::vector<std::string> Started(const QueueSchedule& schedule) {
  std::vector<std::string> started;
  for (const QueuedAssignment& assignment : schedule.assignments) {
    started.push_back(absl::StrCat(assignment.trial.experiment_id, "/", assignment.trial.number));
  }
  return started;
}

TEST(ReadyQueueTest, ServesWhoWasSubmittedFirstOverAllClasses) {
  ReadyQueue queue;
  queue.Add({1, ""}, {20, "late", 0});
  queue.Add({1, "cpu"}, {10, "early", 1});
  queue.Add({1, ""}, {10, "early", 2});
  queue.Add({1, ""}, {10, "early", 0});
  EXPECT_THAT(Started(ScheduleQueue(queue, std::vector{Worker("w", "cpu", 3)}, NoHint)),
              ElementsAre("early/0", "early/1", "early/2"));
}

TEST(ReadyQueueTest, AClassIsThereAsLongAsItHasTrials) {
  ReadyQueue queue;
  queue.Add({2, ""}, {1, "e", 0});
  queue.Add({2, ""}, {1, "e", 0});
  queue.Remove({2, ""}, {1, "e", 1});
  queue.Remove({4, ""}, {1, "e", 0});
  EXPECT_THAT(queue.classes(), SizeIs(1));
  queue.Remove({2, ""}, {1, "e", 0});
  EXPECT_THAT(queue.classes(), IsEmpty());
}

TEST(ReadyQueueTest, ATrialOnHoldTakesNobodysPlace) {
  ReadyQueue queue;
  queue.Add({1, "cpu"}, {1, "e", 0});
  queue.Add({1, "cpu"}, {1, "e", 1});
  const auto schedule =
      ScheduleQueue(queue, std::vector{Worker("w", "cpu", 1)}, [](const QueuedTrial& trial) {
        CheckpointHint hint;
        if (trial.number == 0) hint.hold.emplace().set_code(v1::REASON_CODE_WAITING_FOR_CHECKPOINT);
        return hint;
      });
  EXPECT_THAT(Started(schedule), ElementsAre("e/1"));
  ASSERT_THAT(schedule.on_hold, SizeIs(1));
  EXPECT_EQ(schedule.on_hold.begin()->second.code(), v1::REASON_CODE_WAITING_FOR_CHECKPOINT);
  EXPECT_THAT(schedule.waiting, IsEmpty());
}

TEST(ReadyQueueTest, ATrialIsPlacedWhereItsHintSays) {
  ReadyQueue queue;
  queue.Add({1, "cpu"}, {1, "e", 0});
  const std::vector workers = {Worker("u", "cpu", 1), Worker("v", "cpu", 2)};
  const auto schedule = ScheduleQueue(
      queue, workers, [](const QueuedTrial&) { return CheckpointHint{.workers = {"v"}}; });
  ASSERT_THAT(schedule.assignments, SizeIs(1));
  EXPECT_EQ(schedule.assignments[0].gang[0].worker_id(), "v");
}

// Skipping the rest of a class changes nothing that placing each of its trials
// would not.
TEST(ReadyQueueTest, DoesWhatServingEachTrialWouldDo) {
  for (uint64_t seed = 0; seed < 5000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomStream random(seed, "ready_queue_test");
    const auto kind = [&] { return std::string(1, static_cast<char>('A' + random.NextBelow(2))); };
    std::vector<WorkerSlots> workers;
    for (uint32_t w = random.NextBelow(4); w > 0; --w) {
      workers.push_back(Worker(absl::StrCat("w", w), kind(), random.NextBelow(4)));
      workers.back().slots += random.NextBelow(3);
    }
    ReadyQueue queue;
    std::map<QueuedTrial, TrialClass> trials;
    for (uint32_t number = 0; number < 12; ++number) {
      const TrialClass trial_class{1u << random.NextBelow(3), random.NextBelow(2) ? "" : kind()};
      const QueuedTrial trial{random.NextBelow(3), "e", number};
      queue.Add(trial_class, trial);
      trials[trial] = trial_class;
    }
    const QueueSchedule schedule = ScheduleQueue(queue, workers, NoHint);
    GangPlacer placer(workers);
    std::vector<std::string> expected;
    for (const auto& [trial, trial_class] : trials) {
      v1::Reason why;
      const bool placed = placer
                              .Place({.world_size = trial_class.world_size,
                                      .numeric_kind = trial_class.numeric_kind},
                                     why)
                              .has_value();
      if (placed) {
        expected.push_back(absl::StrCat("e/", trial.number));
      } else {
        ASSERT_TRUE(schedule.waiting.contains(trial_class));
      }
    }
    ASSERT_EQ(Started(schedule), expected);
  }
}

}  // namespace
}  // namespace gyrus

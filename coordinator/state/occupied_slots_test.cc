#include "coordinator/state/occupied_slots.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TrialStatus On(const std::vector<std::pair<std::string, uint32_t>>& gang) {
  TrialStatus trial;
  for (const auto& [worker, slot] : gang) {
    trial.gang.emplace_back().set_worker_id(worker);
    trial.gang.back().set_slot(slot);
  }
  return trial;
}

TEST(OccupiedSlotsTest, KnowsWhatRunsWhere) {
  OccupiedSlots occupied;
  const TrialStatus first = On({{"a", 3}, {"b", 0}});
  const TrialStatus second = On({{"a", 1}, {"a", 2}});
  occupied.Add({"e", 0}, first);
  occupied.Add({"f", 7}, second);
  EXPECT_THAT(occupied.SlotsOn("a"), ElementsAre(1, 2, 3));
  EXPECT_EQ(occupied.CountOn("a"), 3);
  EXPECT_EQ(occupied.CountOn("nobody"), 0);
  EXPECT_THAT(occupied.TrialsOn("a"), ElementsAre(TrialKey{"e", 0}, TrialKey{"f", 7}));
  EXPECT_THAT(occupied.Workers(), ElementsAre("a", "b"));
  occupied.Remove({"e", 0}, first);
  occupied.Remove({"e", 0}, first);
  EXPECT_THAT(occupied.SlotsOn("a"), ElementsAre(1, 2));
  EXPECT_THAT(occupied.SlotsOn("b"), IsEmpty());
  EXPECT_THAT(occupied.Workers(), ElementsAre("a"));
}

}  // namespace
}  // namespace gyrus

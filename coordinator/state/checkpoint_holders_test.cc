#include "coordinator/state/checkpoint_holders.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CheckpointHoldersTest, TheNewestCheckpointComesFirst) {
  CheckpointHolders holders;
  const TrialKey trial{"e", 3};
  holders.Add(trial, "a", 10);
  holders.Add(trial, "b", 20);
  holders.Add(trial, "c", 10);
  EXPECT_THAT(holders.Of(trial), ElementsAre("b", "a", "c"));
  holders.Add(trial, "c", 30);
  EXPECT_THAT(holders.Of(trial), ElementsAre("c", "b", "a"));
  EXPECT_THAT(holders.Of({"e", 4}), IsEmpty());
}

TEST(CheckpointHoldersTest, AWorkerOrATrialIsForgottenAltogether) {
  CheckpointHolders holders;
  holders.Add({"e", 0}, "a", 1);
  holders.Add({"e", 0}, "b", 2);
  holders.Add({"e", 1}, "a", 3);
  holders.RemoveWorker("b");
  EXPECT_THAT(holders.RemoveTrial({"e", 0}), ElementsAre("a"));
  EXPECT_THAT(holders.RemoveTrial({"e", 0}), IsEmpty());
  holders.RemoveWorker("a");
  holders.RemoveWorker("nobody");
  EXPECT_THAT(holders.Of({"e", 1}), IsEmpty());
}

}  // namespace
}  // namespace gyrus

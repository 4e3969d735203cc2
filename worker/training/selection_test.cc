#include "worker/training/selection.h"

#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;

v1::Train Train(uint32_t mean_of = 1, uint32_t stop_after = 0) {
  v1::Train train;
  train.mutable_select()->set_epoch(v1::SELECT_EPOCH_BEST);
  train.mutable_select()->set_mean_of(mean_of);
  train.set_stop_after(stop_after);
  return train;
}

// Epochs at which a new best was found.
std::vector<uint32_t> BestOf(Selection& selection, const std::vector<double>& losses) {
  std::vector<uint32_t> best;
  for (uint32_t epoch = 1; epoch <= losses.size(); ++epoch) {
    if (selection.Add(epoch, losses[epoch - 1])) best.push_back(epoch);
  }
  return best;
}

TEST(SelectionTest, KeepsTheLowestLossAndTheFirstOfEqualOnes) {
  Selection selection(Train());
  EXPECT_EQ(selection.kept_epoch(), 0);
  EXPECT_THAT(BestOf(selection, {5, 3, 4, 3, 2, 9}), ElementsAre(1, 2, 5));
  EXPECT_EQ(selection.kept_epoch(), 5);
  EXPECT_FALSE(selection.IsOver());
}

TEST(SelectionTest, KeepsTheLowestTrailingMean) {
  Selection selection(Train(3));
  // Means of three from the third on: 4, 3.67, 4, 3.33.
  EXPECT_THAT(BestOf(selection, {6, 1, 5, 5, 2, 3}), ElementsAre(3, 4, 6));
  EXPECT_EQ(selection.kept_epoch(), 6);
}

TEST(SelectionTest, AnEpochBeforeTheFirstFullMeanIsNotKept) {
  Selection selection(Train(3));
  EXPECT_THAT(BestOf(selection, {0, 0}), ElementsAre());
  EXPECT_EQ(selection.kept_epoch(), 0);
}

TEST(SelectionTest, TheLastEpochIsKeptWhereItIsAskedFor) {
  v1::Train train = Train(1, 2);
  train.mutable_select()->set_epoch(v1::SELECT_EPOCH_LAST);
  Selection selection(train);
  EXPECT_THAT(BestOf(selection, {5, 3, 4}), ElementsAre());
  EXPECT_EQ(selection.kept_epoch(), 0);
  EXPECT_FALSE(selection.IsOver());
  selection.Add(4, 3.5);
  EXPECT_TRUE(selection.IsOver());
}

TEST(SelectionTest, StopsAfterSoManyEpochsWithoutABetterOne) {
  Selection selection(Train(1, 2));
  BestOf(selection, {5, 3, 4});
  EXPECT_FALSE(selection.IsOver());
  selection.Add(4, 2);
  selection.Add(5, 2);
  EXPECT_FALSE(selection.IsOver());
  selection.Add(6, 2);
  EXPECT_TRUE(selection.IsOver());
  EXPECT_EQ(selection.kept_epoch(), 4);
}

TEST(SelectionTest, WaitsForTheFirstMeanBeforeItStops) {
  Selection selection(Train(3, 1));
  selection.Add(1, 5);
  selection.Add(2, 6);
  EXPECT_FALSE(selection.IsOver());
}

TEST(SelectionTest, WhatIsNotANumberIsNeverBest) {
  Selection selection(Train());
  EXPECT_THAT(BestOf(selection, {std::nan(""), std::numeric_limits<double>::infinity(), 7}),
              ElementsAre(3));
}

TEST(SelectionTest, LoadedElsewhereDecidesTheSame) {
  const double losses[] = {5, 4, 4.5, 4.4, 3, 3.5, 3.6, 3.7, 2, 9};
  v1::Train train;
  train.mutable_select()->set_mean_of(2);
  train.set_stop_after(3);
  for (uint32_t stop = 0; stop < std::size(losses); ++stop) {
    Selection whole(train), before(train), after(train);
    for (uint32_t e = 0; e < std::size(losses); ++e) {
      if (e == stop) after.Load(before.Save());
      const bool best = whole.Add(e + 1, losses[e]);
      EXPECT_EQ((e < stop ? before : after).Add(e + 1, losses[e]), best) << stop << " " << e;
    }
    EXPECT_EQ(after.kept_epoch(), whole.kept_epoch());
    EXPECT_EQ(after.IsOver(), whole.IsOver());
  }
}

}  // namespace
}  // namespace gyrus

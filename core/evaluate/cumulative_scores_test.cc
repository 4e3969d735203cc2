#include "core/evaluate/cumulative_scores.h"

#include "core/evaluate/testing/evaluate_fixture.h"
#include "core/statistics/testing/golden_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(CumulativeScoresTest, GiveTheGoldenValuesByRisingAlpha) {
  TestedArm arm{.name = "arm", .task = NumberTask()};
  arm.folds.resize(2);
  arm.folds[0].predictions = MakePredictions({kAge.begin(), kAge.begin() + 4}, kPredicted);
  arm.folds[1].predictions =
      MakePredictions({kAge.begin() + 4, kAge.end()}, {kPredicted.begin() + 4, kPredicted.end()});
  v1::Prediction unknown = MakePrediction("unknown", 0, 0);
  unknown.clear_target();
  arm.folds[1].predictions.push_back(unknown);
  const auto scores = CumulativeScoresOf(arm, {5, 0, 1, 2, 3, 4});
  ASSERT_TRUE(scores.ok()) << scores.status();
  const Doubles golden = {0, 20, 40, 60, 80, 80};
  ASSERT_EQ(scores->size(), golden.size());
  for (size_t i = 0; i < golden.size(); ++i) {
    EXPECT_EQ((*scores)[i].alpha(), i);
    EXPECT_NEAR((*scores)[i].percent(), golden[i], 1e-9);
    EXPECT_EQ((*scores)[i].n(), 10);
  }
}

TEST(CumulativeScoresTest, WithoutItemsTheyAreUndefined) {
  const auto scores = CumulativeScoresOf({.name = "arm", .task = NumberTask()}, {1});
  ASSERT_TRUE(scores.ok()) << scores.status();
  EXPECT_FALSE((*scores)[0].has_percent());
  EXPECT_EQ((*scores)[0].reason(), "there are no items");
}

TEST(CumulativeScoresTest, ANegativeAlphaIsRefused) {
  TestedArm arm{.name = "arm", .task = NumberTask()};
  arm.folds.push_back({.predictions = MakePredictions({1}, {2})});
  EXPECT_THAT(CumulativeScoresOf(arm, {-1}), IsMisuse("no error is below 0"));
}

}  // namespace
}  // namespace gyrus

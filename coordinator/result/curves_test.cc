#include "coordinator/result/curves.h"

#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

v1::EpochPoint Point(uint32_t attempt, uint32_t epoch, double train_loss) {
  v1::EpochPoint point;
  point.set_attempt(attempt);
  point.set_epoch(epoch);
  point.set_train_loss(train_loss);
  return point;
}

TEST(CurvesTest, OfAnEpochTheNewestAttemptCounts) {
  const auto points = NewestPoints(
      {Point(1, 0, 9), Point(1, 1, 8), Point(1, 2, 7), Point(2, 1, 6), Point(2, 2, 5)});
  ASSERT_EQ(points.size(), 3);
  EXPECT_EQ(points[0].train_loss(), 9);
  EXPECT_EQ(points[1].train_loss(), 6);
  EXPECT_EQ(points[2].train_loss(), 5);
  EXPECT_EQ(points[2].attempt(), 2);
}

TEST(CurvesTest, ATrialThatHasNotBegunHasAnEmptyCurve) {
  ExperimentMachine machine("e");
  const auto make = [&] {
    return MakeCurves(machine, [](const std::string& trial_id) {
      EXPECT_EQ(trial_id, kTrialA);
      return std::vector<v1::EpochPoint>{Point(1, 0, 4)};
    });
  };
  EXPECT_EQ(make().status().code(), absl::StatusCode::kFailedPrecondition);
  for (const Command& command :
       {Command(Submit{"request", MakeSpec(2)}), Command(AdoptPlan{TwoTrials()}),
        Command(StartAttempt{kTrialA, Gang(1), "cpu"})}) {
    const auto events = machine.Decide(command);
    ASSERT_TRUE(events.ok()) << events.status();
    for (const v1::Event& event : *events) ASSERT_TRUE(machine.Apply(event).ok());
  }
  const auto curves = make();
  ASSERT_TRUE(curves.ok()) << curves.status();
  ASSERT_EQ(curves->trials_size(), 2);
  EXPECT_EQ(curves->trials(0).epochs_size(), 1);
  EXPECT_EQ(curves->trials(1).epochs_size(), 0);
  EXPECT_EQ(CurvesFile(machine, *curves).path, "curves.tsv");
}

}  // namespace
}  // namespace gyrus

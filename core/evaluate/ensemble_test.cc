#include "core/evaluate/ensemble.h"

#include <cmath>

#include "common/random.h"
#include "core/evaluate/testing/evaluate_fixture.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using Networks = std::vector<std::vector<v1::Prediction>>;

TEST(EnsembleTest, ANumberIsTheMeanOfTheNetworksNumbers) {
  const auto ensemble =
      EnsembleOf(Networks{MakePredictions({10, 20}, {9, 21}), MakePredictions({10, 20}, {13, 20}),
                          MakePredictions({10, 20}, {11, 16})});
  ASSERT_TRUE(ensemble.ok()) << ensemble.status();
  ASSERT_EQ(ensemble->size(), 2);
  EXPECT_EQ(ensemble->at(0).item(), "item-0");
  EXPECT_EQ(ensemble->at(0).prediction(), 11);
  EXPECT_EQ(ensemble->at(1).prediction(), 19);
  EXPECT_EQ(ensemble->at(1).target(), 20);
}

TEST(EnsembleTest, AClassIsThatOfTheMeanProbabilitiesNotOfTheMostVotes) {
  // Two networks lean to the second class, one is sure of the first.
  const auto ensemble = EnsembleOf(Networks{{MakeClassPrediction("a", 0, 0.6)},
                                            {MakeClassPrediction("a", 0, 0.55)},
                                            {MakeClassPrediction("a", 0, 0.05)}});
  ASSERT_TRUE(ensemble.ok()) << ensemble.status();
  EXPECT_NEAR(ensemble->at(0).probabilities(0), 0.6, 1e-15);
  EXPECT_NEAR(ensemble->at(0).probabilities(1), 0.4, 1e-15);
  EXPECT_EQ(ensemble->at(0).prediction(), 0);
}

// |mean of errors| <= mean of |errors|: holds for any networks.
TEST(EnsembleTest, ItsMeanAbsoluteErrorIsNeverAboveThatOfItsNetworks) {
  RandomStream random(1, "ensemble_test");
  for (int round = 0; round < 200; ++round) {
    Networks networks;
    std::vector<double> targets;
    for (int i = 0; i < 7; ++i) targets.push_back(random.NextUnit() * 80);
    double sum = 0;
    for (int n = 0; n < 5; ++n) {
      std::vector<double> predicted;
      for (const double target : targets) {
        predicted.push_back(target + random.NextUnit() * 10 - 4);
        sum += std::abs(predicted.back() - target);
      }
      networks.push_back(MakePredictions(targets, predicted));
    }
    const auto ensemble = EnsembleOf(networks);
    ASSERT_TRUE(ensemble.ok()) << ensemble.status();
    double error = 0;
    for (const v1::Prediction& p : *ensemble) error += std::abs(p.prediction() - p.target());
    EXPECT_LE(error, sum / 5 + 1e-9);
  }
}

TEST(EnsembleTest, OfOneNetworkItSaysTheSame) {
  const auto ensemble = EnsembleOf(Networks{MakePredictions({1, 2}, {0.1, 0.3})});
  ASSERT_TRUE(ensemble.ok());
  EXPECT_EQ(ensemble->at(0).prediction(), 0.1);
  EXPECT_EQ(ensemble->at(1).prediction(), 0.3);
  EXPECT_TRUE(EnsembleOf({})->empty());
}

TEST(EnsembleTest, ImagesAreNotPutTogether) {
  v1::Task task = NumberTask();
  task.mutable_segmentation()->set_labels("dseg");
  task.mutable_reconstruction();
  EXPECT_EQ(EnsembleTask(task).DebugString(), NumberTask().DebugString());
  std::vector<v1::Prediction> network = MakePredictions({1}, {2});
  network[0].add_segmentation()->set_dice(0.5);
  network[0].set_reconstruction_error(0.25);
  network[0].set_loss(4);
  const auto ensemble = EnsembleOf(Networks{network, network});
  ASSERT_TRUE(ensemble.ok());
  EXPECT_EQ(ensemble->at(0).DebugString(), MakePredictions({1}, {2})[0].DebugString());
}

TEST(EnsembleTest, MetricsOfImagesSayWhyThereAreNone) {
  v1::Task task = NumberTask();
  task.mutable_segmentation()->set_labels("dseg");
  const auto metrics = EnsembleMetrics(task, {v1::METRIC_MAE, v1::METRIC_DICE, v1::METRIC_AUC},
                                       MakePredictions({1, 2}, {2, 4}));
  ASSERT_TRUE(metrics.ok()) << metrics.status();
  EXPECT_EQ(ValueOf(*metrics, v1::METRIC_MAE), 1.5);
  EXPECT_EQ(FindMetric(*metrics, v1::METRIC_DICE)->reason(),
            "label images and reconstructions are not combined in an ensemble");
  EXPECT_EQ(FindMetric(*metrics, v1::METRIC_AUC)->reason(), "the arm outputs no class");
}

TEST(EnsembleTest, NetworksOfOtherItemsAreNotPutTogether) {
  const auto one = MakePredictions({1, 2}, {1, 2});
  auto renamed = one;
  renamed[1].set_item("else");
  auto shorter = one;
  shorter.pop_back();
  auto other_target = one;
  other_target[0].set_target(7);
  for (const auto& other : {renamed, shorter, other_target}) {
    EXPECT_EQ(EnsembleOf(Networks{one, other}).status().code(), absl::StatusCode::kInternal);
  }
}

}  // namespace
}  // namespace gyrus

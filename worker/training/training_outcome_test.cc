// Tests of how trainings end: which epoch is selected, and what is left when numbers are not
// finite.
#include <deque>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "worker/training/evaluation.h"
#include "worker/training/failure.h"
#include "worker/training/testing/small_training_fixture.h"

namespace gyrus {
namespace {

TEST(TrainingTest, ALossThatIsNotFiniteNamesItsStep) {
  const TrainedRun run = TrainSmall(SmallTrial(4, 1), 1, SumOrder::kTree, [](auto& queue) {
    queue[2].volume.fill_(std::numeric_limits<float>::quiet_NaN());
  });
  EXPECT_EQ(run.ranks[0].status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(run.ranks[0].status.message()),
              testing::HasSubstr("step 0 of epoch 0: first in the output of input"));
}

TEST(TrainingTest, ALossThatIsNotFiniteOnOneRankIsToldAlikeByAll) {
  // Rank 1 has the last two of the four leaves of a batch.
  const TrainedRun run =
      TrainSmall(SmallTrial(4, 1), 2, SumOrder::kTree, [](std::deque<LoadedItem>& queue) {
        for (LoadedItem& item : queue) {
          if (item.position == 2) item.volume.fill_(std::numeric_limits<float>::quiet_NaN());
        }
      });
  for (const TrainedRank& rank : run.ranks) {
    EXPECT_EQ(rank.status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_TRUE(IsShared(rank.status));
    EXPECT_THAT(std::string(rank.status.message()),
                testing::HasSubstr("step 0 of epoch 0: first in the output of input"));
  }
}

TEST(TrainingTest, WeightsThatAreNotFiniteAreNamedAndThoseOfTheEpochBeforeAreLeft) {
  for (const int world : {1, 2}) {
    v1::TrialSpec trial = SmallTrial(4, 1);
    // Larger than float32 can hold from the second epoch on, of three steps each.
    trial.mutable_train()->mutable_schedule()->mutable_step()->set_every(1);
    trial.mutable_train()->mutable_schedule()->mutable_step()->set_factor(1e45);
    const TrainedRun run = TrainSmall(trial, world);
    EXPECT_EQ(run.ranks[0].status.code(), absl::StatusCode::kOutOfRange) << run.ranks[0].status;
    EXPECT_THAT(std::string(run.ranks[0].status.message()),
                testing::ContainsRegex("the loss became .* in step 4 of epoch 1: first in "));
    ASSERT_EQ(run.ranks[0].last_finite.size(), 2);
    v1::Checkpoint head;
    ASSERT_TRUE(head.ParseFromString(*ReadFile(ScratchFolder() + "/last_finite/checkpoint.pb")));
    EXPECT_EQ(head.epoch(), 1);
    EXPECT_EQ(head.step(), 3);
    const auto weights =
        ParseSafetensors(*ReadFile(ScratchFolder() + "/last_finite/weights.safetensors"));
    for (const auto& [name, tensor] : *weights) {
      EXPECT_TRUE(tensor.isfinite().all().item<bool>()) << name;
    }
  }
}

// The last step may be the one that goes wrong, with nothing after it to tell.
TEST(TrainingTest, WeightsThatAreNotFiniteAfterTheLastStepAreNoResult) {
  v1::TrialSpec trial = SmallTrial(4, 1);
  trial.clear_validation_items();
  trial.clear_test_items();
  v1::Train& train = *trial.mutable_train();
  train.set_batch(kTrain);  // One step an epoch.
  train.mutable_schedule()->mutable_step()->set_every(2);
  train.mutable_schedule()->mutable_step()->set_factor(1e45);
  const TrainedRun run = TrainSmall(trial, 1);
  EXPECT_EQ(run.ranks[0].status.code(), absl::StatusCode::kOutOfRange) << run.ranks[0].status;
  EXPECT_THAT(std::string(run.ranks[0].status.message()),
              testing::HasSubstr("is not finite; lower the learning rate"));
  v1::Checkpoint head;
  ASSERT_TRUE(head.ParseFromString(*ReadFile(ScratchFolder() + "/last_finite/checkpoint.pb")));
  EXPECT_EQ(head.epoch(), 2);
}

TEST(TrainingTest, TheBestEpochByValidationIsSelected) {
  const v1::TrialSpec trial = SmallTrial(4, 2);
  const TrainedRun run = TrainSmall(trial, 1);
  double best = std::numeric_limits<double>::infinity();
  uint32_t best_epoch = 0;
  for (const v1::Record& record : run.ranks[0].records) {
    if (record.has_epoch() && record.epoch().validation_loss() < best) {
      best = record.epoch().validation_loss();
      best_epoch = record.epoch().epoch() + 1;
    }
  }
  EXPECT_EQ(run.finished(0).selected_epoch(), best_epoch);
  // The file that goes to the vault holds the weights of that epoch: predicting
  // the validation items with them gives the best loss again.
  const std::string folder = ScratchFolder() + "/";
  const auto bytes = ReadFile(folder + run.finished(0).artifacts(0).path());
  ASSERT_TRUE(bytes.ok());
  const auto weights = ParseSafetensors(*bytes);
  ASSERT_TRUE(weights.ok()) << weights.status();
  const auto network = SmallNetworkFor(trial);
  const torch::NoGradGuard no_gradient;
  for (auto& entry : network->named_parameters()) entry.value().copy_(weights->at(entry.key()));
  MemorySource source(trial, SmallVolumeOf);
  source.Queue(v1::PURPOSE_VALIDATION, 0, {0, 1, 2});
  const auto predictions = PredictAll(*network, Objective(trial, network->graph()), trial,
                                      trial.validation_items(), source, *MakeLocalGroup(1)[0]);
  ASSERT_TRUE(predictions.ok()) << predictions.status();
  EXPECT_EQ(MeanLoss(*predictions), best);
}

TEST(TrainingTest, OfEpochsThatAreEquallyGoodTheFirstIsSelected) {
  v1::TrialSpec trial = SmallTrial(4, 2);
  trial.mutable_train()->mutable_optimizer()->mutable_adam()->set_lr(0);
  const TrainedRun run = TrainSmall(trial, 1);
  std::vector<bool> best;
  std::set<double> losses;
  for (const v1::Record& record : run.ranks[0].records) {
    if (!record.has_epoch()) continue;
    best.push_back(record.epoch().best());
    losses.insert(record.epoch().validation_loss());
  }
  EXPECT_EQ(losses.size(), 1);
  EXPECT_THAT(best, testing::ElementsAre(true, false, false));
  EXPECT_EQ(run.finished(0).selected_epoch(), 1);
}

TEST(TrainingTest, WithoutValidationTheLastEpochIsSelected) {
  v1::TrialSpec trial = SmallTrial(4, 2);
  trial.clear_validation_items();
  EXPECT_EQ(TrainSmall(trial, 1).finished(0).selected_epoch(), 3);
}

TEST(TrainingTest, TheLastEpochIsSelectedWhereItIsAskedFor) {
  v1::TrialSpec trial = SmallTrial(4, 1);
  trial.mutable_train()->mutable_select()->set_epoch(v1::SELECT_EPOCH_LAST);
  EXPECT_EQ(TrainSmall(trial, 1).finished(0).selected_epoch(), 3);
}

TEST(TrainingTest, TrainingEndsWhenNothingGetsBetter) {
  // Without steps no epoch is better than the first.
  v1::TrialSpec trial = SmallTrial(4, 1);
  trial.mutable_train()->mutable_optimizer()->mutable_adam()->set_lr(0);
  trial.mutable_train()->set_epochs(50);
  trial.mutable_train()->set_stop_after(2);
  for (const int world : {1, 2}) {
    const TrainedRun run = TrainSmall(trial, world);
    ASSERT_TRUE(run.ranks[0].status.ok()) << run.ranks[0].status;
    uint32_t epochs = 0;
    for (const v1::Record& record : run.ranks[0].records) epochs += record.has_epoch();
    EXPECT_EQ(epochs, 3);
    EXPECT_EQ(run.finished(0).selected_epoch(), 1);
    EXPECT_EQ(run.predictions(), TrainSmall(trial, 1).predictions());
  }
}

TEST(TrainingTest, WhatIsKeptOfAnAverageIsTheAverage) {
  // One that forgets at once is the weights themselves.
  v1::TrialSpec trial = SmallTrial(4, 1);
  const TrainedRun plain = TrainSmall(trial, 1);
  trial.mutable_train()->set_ema(1e-15);
  EXPECT_EQ(TrainSmall(trial, 1).weights(), plain.weights());
  EXPECT_EQ(TrainSmall(trial, 1).predictions(), plain.predictions());
  trial.mutable_train()->set_ema(0.9);
  EXPECT_NE(TrainSmall(trial, 1).weights(), plain.weights());
}

TEST(TrainingTest, WhatTheLastEpochValidatedGoesWithItsWeights) {
  v1::TrialSpec trial = SmallTrial(4, 1);
  trial.mutable_train()->mutable_select()->set_epoch(v1::SELECT_EPOCH_LAST);
  const std::string folder = ScratchFolder();
  TrainSmall(trial, 1);
  const auto bytes = ReadFile(folder + "/selected/checkpoint.pb");
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  v1::Checkpoint head;
  ASSERT_TRUE(head.ParseFromString(*bytes));
  EXPECT_TRUE(head.has_validation_loss());
  ASSERT_EQ(head.golden_size(), trial.validation_items_size());
  EXPECT_EQ(head.golden(0).item(), trial.validation_items(0).id());
}

}  // namespace
}  // namespace gyrus

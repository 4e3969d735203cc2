// Tests of whole trainings: the same bits for every number of ranks, and each item once.
#include "worker/training/training.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "models/testing/model_fixture.h"
#include "worker/training/testing/small_training_fixture.h"

namespace gyrus {
namespace {

TEST(TrainingTest, WeightsAndPredictionsAreTheSameBitsForEveryWorldSize) {
  for (const uint32_t leaf : {1, 2}) {
    const v1::TrialSpec trial = SmallTrial(4, leaf);
    const TrainedRun one = TrainSmall(trial, 1);
    ASSERT_TRUE(one.ranks[0].status.ok()) << one.ranks[0].status;
    for (const int world : {2, 4}) {
      if (world * leaf > 4) continue;
      const TrainedRun many = TrainSmall(trial, world);
      EXPECT_EQ(many.weights(), one.weights()) << world;
      EXPECT_EQ(many.predictions(), one.predictions()) << world;
    }
  }
}

TEST(TrainingTest, EveryNetworkIsTheSameBitsForEveryWorldSize) {
  for (const char* const model :
       {"resnet3d { width: 4 norm: NORM_BATCH }", "resnet2d { width: 4 }",
        "resnet2d { width: 4 } slices { aggregate: SLICE_AGGREGATE_MEDIAN }",
        "slice_lstm { backbone { width: 4 } hidden: 4 }", "unet3d { features: [2, 4, 4] }",
        "sfcn { features: [4, 4, 6] }"}) {
    v1::TrialSpec trial = SmallTrial(4, 1);
    *trial.mutable_model() = ModelOf(model);
    const TrainedRun one = TrainSmall(trial, 1);
    ASSERT_TRUE(one.ranks[0].status.ok()) << model << ": " << one.ranks[0].status;
    for (const int world : {2, 4}) {
      const TrainedRun many = TrainSmall(trial, world);
      EXPECT_EQ(many.weights(), one.weights()) << model << " " << world;
      EXPECT_EQ(many.predictions(), one.predictions()) << model << " " << world;
    }
  }
}

// A 2D network on slices by themselves, and on all of them where it predicts.
v1::TrialSpec SliceTrial(const std::string& model) {
  v1::TrialSpec trial = SmallTrial(8, 2);
  *trial.mutable_model() =
      ModelOf(model + " slices { axis: 'z' from: 3 count: 6 aggregate: SLICE_AGGREGATE_MEDIAN }");
  trial.mutable_train()->set_item(v1::TRAIN_ITEM_SLICE);
  trial.mutable_train_views()->set_axis(2);
  trial.mutable_train_views()->set_first(3);
  trial.mutable_train_views()->set_count(6);
  return trial;
}

TEST(TrainingTest, SlicesAsItemsAreTheSameBitsForEveryWorldSize) {
  for (const char* const model :
       {"resnet2d { width: 4 }", "resnet2d { width: 4 norm: NORM_BATCH }"}) {
    const v1::TrialSpec trial = SliceTrial(model);
    const TrainedRun one = TrainSmall(trial, 1);
    ASSERT_TRUE(one.ranks[0].status.ok()) << model << ": " << one.ranks[0].status;
    for (const int world : {2, 4}) {
      const TrainedRun many = TrainSmall(trial, world);
      EXPECT_EQ(many.weights(), one.weights()) << model << " " << world;
      EXPECT_EQ(many.predictions(), one.predictions()) << model << " " << world;
    }
  }
}

TEST(TrainingTest, ASliceIsJudgedByItselfAndAVolumeByItsAggregate) {
  const v1::TrialSpec trial = SliceTrial("resnet2d { width: 4 }");
  const TrainedRun run = TrainSmall(trial, 1);
  ASSERT_TRUE(run.ranks[0].status.ok()) << run.ranks[0].status;
  std::map<uint32_t, std::set<std::string>> seen;
  for (const v1::Record& record : run.ranks[0].records) {
    for (const v1::SeenItem& item : record.epoch().items_seen()) {
      seen[record.epoch().epoch()].insert(item.item());
    }
    EXPECT_EQ(record.epoch().validation_size(), record.has_epoch() ? 3 : 0);
  }
  ASSERT_EQ(seen.size(), 3);
  for (const auto& [epoch, items] : seen) {
    EXPECT_EQ(items.size(), kTrain * 6) << epoch;
    EXPECT_TRUE(items.contains("c/s9/1/z8")) << epoch;
  }
}

TEST(TrainingTest, EveryOptimizerIsTheSameBitsForEveryWorldSize) {
  for (const char* const train :
       {"optimizer { adamw { lr: 1e-3 beta1: 0.9 beta2: 0.999 eps: 1e-8 weight_decay: 0.01 } }",
        "optimizer { sgd { lr: 1e-3 momentum: 0.9 nesterov: true } } clip_norm: 2",
        "ema: 0.5 warmup: 1 schedule { cosine {} }"}) {
    v1::TrialSpec trial = SmallTrial(4, 1);
    v1::Train own;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(train, &own)) << train;
    trial.mutable_train()->MergeFrom(own);
    const TrainedRun one = TrainSmall(trial, 1);
    ASSERT_TRUE(one.ranks[0].status.ok()) << train << ": " << one.ranks[0].status;
    EXPECT_NE(one.weights(), TrainSmall(SmallTrial(4, 1), 1).weights()) << train;
    EXPECT_EQ(TrainSmall(trial, 4).weights(), one.weights()) << train;
    EXPECT_EQ(TrainSmall(trial, 4).predictions(), one.predictions()) << train;
  }
}

TEST(TrainingTest, AnotherOrderOfSummationGivesOtherBits) {
  // The control of the test above: were the order of no account, it would pass
  // whatever the tree did.
  const v1::TrialSpec trial = SmallTrial(4, 1);
  EXPECT_NE(TrainSmall(trial, 1, SumOrder::kSequential).weights(), TrainSmall(trial, 1).weights());
}

TEST(TrainingTest, TheSameRunAgainGivesTheSameBits) {
  EXPECT_EQ(TrainSmall(SmallTrial(3, 2), 1).weights(), TrainSmall(SmallTrial(3, 2), 1).weights());
}

TEST(TrainingTest, EachItemIsTrainedOnOnceAnEpoch) {
  const TrainedRun run = TrainSmall(SmallTrial(4, 1), 2);
  uint32_t epochs = 0;
  for (const v1::Record& record : run.ranks[0].records) {
    if (!record.has_epoch()) continue;
    ++epochs;
    ASSERT_EQ(record.epoch().items_seen_size(), kTrain);
    std::set<std::string> items;
    for (int position = 0; position < kTrain; ++position) {
      EXPECT_EQ(record.epoch().items_seen(position).position(), position);
      items.insert(record.epoch().items_seen(position).item());
    }
    EXPECT_EQ(items.size(), kTrain);
  }
  EXPECT_EQ(epochs, 3);
  // Rank 0 speaks for all.
  for (const v1::Record& record : run.ranks[1].records) {
    EXPECT_TRUE(record.has_started() || record.has_finished());
  }
}

TEST(TrainingTest, DigestsOfWhatWasSeenAndServedDoNotKnowTheWorldSize) {
  const v1::TrialSpec trial = SmallTrial(4, 1);
  const TrainedRun one = TrainSmall(trial, 1);
  EXPECT_EQ(one.finished(0).seen_digest().size(), 32);
  EXPECT_EQ(one.finished(0).served_set_digest().size(), 32);
  for (const int world : {2, 4}) {
    const TrainedRun many = TrainSmall(trial, world);
    EXPECT_EQ(Hex(many.finished(0).seen_digest()), Hex(one.finished(0).seen_digest()));
    EXPECT_EQ(Hex(many.finished(0).served_set_digest()), Hex(one.finished(0).served_set_digest()));
  }
  // Each epoch has the chain up to it; the last one is the result's.
  std::set<std::string> chain;
  for (const v1::Record& record : one.ranks[0].records) {
    if (record.has_epoch()) chain.insert(record.epoch().seen_digest());
  }
  EXPECT_EQ(chain.size(), 3);
  EXPECT_TRUE(chain.contains(one.finished(0).seen_digest()));
}

TEST(TrainingTest, ASkippedDoubledOrSwappedItemStopsTheAttempt) {
  const v1::TrialSpec trial = SmallTrial(4, 1);
  const std::vector<MemorySource::Spoil> spoils = {
      [](auto& queue) { queue.erase(queue.begin() + 1); },
      [](auto& queue) { queue.insert(queue.begin(), queue.front()); },
      [](auto& queue) { std::swap(queue[0], queue[1]); },
      [](auto& queue) { std::swap(queue[0].item, queue[1].item); },
  };
  for (const auto& spoil : spoils) {
    EXPECT_EQ(TrainSmall(trial, 1, SumOrder::kTree, spoil).ranks[0].status.code(),
              absl::StatusCode::kInternal);
  }
}

TEST(TrainingTest, TheSeenDigestTellsOtherTensorsApart) {
  const v1::TrialSpec trial = SmallTrial(4, 1);
  const TrainedRun right = TrainSmall(trial, 1);
  const TrainedRun wrong = TrainSmall(
      trial, 1, SumOrder::kTree, [](auto& queue) { std::swap(queue[0].volume, queue[1].volume); });
  EXPECT_EQ(Hex(TrainSmall(trial, 1).finished(0).seen_digest()),
            Hex(right.finished(0).seen_digest()));
  EXPECT_NE(Hex(wrong.finished(0).seen_digest()), Hex(right.finished(0).seen_digest()));
}

TEST(TrainingTest, LongGradientsAreScaled) {
  v1::TrialSpec trial = SmallTrial(4, 1);
  trial.mutable_train()->mutable_optimizer()->mutable_sgd()->set_lr(1e-3);
  const TrainedRun plain = TrainSmall(trial, 1);
  trial.mutable_train()->set_clip_norm(1e6);
  EXPECT_EQ(TrainSmall(trial, 1).weights(), plain.weights());
  trial.mutable_train()->set_clip_norm(1e-3);
  EXPECT_NE(TrainSmall(trial, 1).weights(), plain.weights());
}

TEST(TrainingTest, MeansOverTheEpochDoNotKnowTheWorldSize) {
  const v1::TrialSpec trial = SmallTrial(4, 1);
  const auto losses = [](const TrainedRun& run) {
    std::vector<double> values;
    for (const v1::Record& record : run.ranks[0].records) {
      if (!record.has_epoch()) continue;
      values.push_back(record.epoch().train_loss());
      values.push_back(record.epoch().validation_loss());
    }
    return values;
  };
  EXPECT_EQ(losses(TrainSmall(trial, 4)), losses(TrainSmall(trial, 1)));
}

TEST(TrainingTest, ExternalItemsArePredictedByTheSelectedWeightsAlikeForEveryWorldSize) {
  v1::TrialSpec trial = SmallTrial(4, 1);
  const std::string weights_without = TrainSmall(trial, 1).weights();
  *trial.mutable_external_items() = trial.test_items();
  for (int i = 0; i < 3; ++i) trial.add_external_items()->set_id(absl::StrCat("d/s", i, "/1"));
  const TrainedRun one = TrainSmall(trial, 1);
  ASSERT_TRUE(one.ranks[0].status.ok()) << one.ranks[0].status;
  EXPECT_EQ(one.weights(), weights_without);
  const auto tested = ReadFile(ScratchFolder() + "/selected/predictions.tsv");
  const auto external = ReadFile(ScratchFolder() + "/selected/external_predictions.tsv");
  ASSERT_TRUE(tested.ok() && external.ok());
  EXPECT_EQ(external->substr(0, tested->size()), *tested);
  EXPECT_THAT(*external, testing::HasSubstr("\nd/s2/1\tn/a\t"));
  const auto digest = [](const TrainedRun& run) {
    return run.digest(v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS);
  };
  for (const int world : {2, 4}) {
    const TrainedRun many = TrainSmall(trial, world);
    EXPECT_EQ(digest(many), digest(one)) << world;
    EXPECT_EQ(many.weights(), one.weights()) << world;
  }
}

}  // namespace
}  // namespace gyrus

// Small real trainings: a real network, optimiser and tree; ranks are threads.
#include "worker/training/training.h"

#include <torch/utils.h>

#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/random.h"
#include "core/epoch/order.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "models/testing/model_fixture.h"
#include "worker/collective/local_collective.h"
#include "worker/training/evaluation.h"
#include "worker/training/failure.h"
#include "worker/training/selected.h"
#include "worker/training/testing/memory_source_fixture.h"

namespace gyrus {
namespace {

constexpr int kTrain = 10;

// Makes the volume of an item. A slice such as "c/s1/1/z7" gets that of its volume.
torch::Tensor VolumeOf(const std::string& item) {
  if (const size_t slice = item.find("/z"); slice != std::string::npos) {
    return VolumeOf(item.substr(0, slice)).narrow(3, std::stoi(item.substr(slice + 2)), 1);
  }
  RandomStream random(3, item);
  torch::Tensor volume = torch::empty({1, 33, 20, 17});
  float* const voxels = volume.data_ptr<float>();
  for (int64_t i = 0; i < volume.numel(); ++i) voxels[i] = random.NextUnit() - 0.5;
  return volume;
}

v1::TrialSpec Trial(uint32_t batch, uint32_t leaf) {
  v1::TrialSpec trial;
  trial.mutable_model()->mutable_resnet3d()->set_width(4);
  trial.mutable_task()->mutable_regression()->set_loss(v1::LOSS_L1);
  v1::Train& train = *trial.mutable_train();
  train.set_epochs(3);
  train.set_batch(batch);
  train.set_leaf(leaf);
  train.set_seed(1);
  v1::Adam& adam = *train.mutable_optimizer()->mutable_adam();
  adam.set_lr(1e-3);
  adam.set_beta1(0.9);
  adam.set_beta2(0.999);
  adam.set_eps(1e-8);
  train.mutable_augment()->mutable_flip()->set_axis("x");
  train.mutable_augment()->mutable_flip()->set_probability(0.5);
  train.mutable_augment()->mutable_shift()->set_max_voxels(2);
  trial.set_output_scale(12.5);
  trial.set_output_offset(40);
  for (int i = 0; i < kTrain + 5; ++i) {
    v1::Item& item = *(i < kTrain       ? trial.add_train_items()
                       : i < kTrain + 3 ? trial.add_validation_items()
                                        : trial.add_test_items());
    item.set_id(absl::StrCat("c/s", i, "/1"));
    item.set_target(30 + 1.7 * i);
  }
  return trial;
}

// The folder of the running test. The last run of a test leaves it behind.
std::string ScratchFolder() {
  return testing::TempDir() + "training_test." +
         testing::UnitTest::GetInstance()->current_test_info()->name();
}

struct RankRun {
  absl::Status status;
  std::vector<v1::Record> records;
  std::vector<v1::Artifact> last_finite;
};

struct TrainedRun {
  std::vector<RankRun> ranks;
  const v1::TrainerFinished& finished(int rank) const {
    return ranks.at(rank).records.back().finished();
  }
  std::string digest(v1::ArtifactKind kind) const {
    for (const v1::Artifact& a : finished(0).artifacts()) {
      if (a.kind() == kind) return Hex(a.sha256());
    }
    return "none";
  }
  std::string weights() const { return digest(v1::ARTIFACT_KIND_WEIGHTS); }
  std::string predictions() const { return digest(v1::ARTIFACT_KIND_PREDICTIONS); }
};

std::shared_ptr<Network> NetworkFor(const v1::TrialSpec& trial) {
  return *MakeNetwork(trial.model(), trial.task(), {1, 33, 20, 17});
}

TrainedRun Train(const v1::TrialSpec& trial, int world, SumOrder order = SumOrder::kTree,
                 MemorySource::Spoil spoil = {}, const std::string& initial_weights = "") {
  const std::string folder = ScratchFolder();
  EXPECT_TRUE(RemoveAll(folder).ok());
  EXPECT_TRUE(MakeFolders(folder).ok());
  auto group = MakeLocalGroup(world);
  TrainedRun run;
  run.ranks.resize(world);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < world; ++rank) {
    threads.emplace_back([&, rank] {
      at::set_num_threads(1);
      std::unique_ptr<Collective> collective = std::move(group[rank]);
      std::shared_ptr<Network> network = NetworkFor(trial);
      MemorySource source(trial, VolumeOf, spoil);
      RankRun& mine = run.ranks[rank];
      FetchWeightsFn fetch;
      if (!initial_weights.empty()) fetch = [&initial_weights] { return initial_weights; };
      Training training(
          {.trial = trial, .folder = folder, .fetch_initial_weights = fetch, .sum_order = order},
          {*network, *collective, source,
           [&mine](v1::Record record) {
             mine.records.push_back(std::move(record));
             return absl::OkStatus();
           },
           SystemClock()});
      mine.status = training.Run();
      if (!mine.status.ok()) mine.last_finite = training.WriteLastFinite().value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  return run;
}

TEST(TrainingTest, WeightsAndPredictionsAreTheSameBitsForEveryWorldSize) {
  for (const uint32_t leaf : {1, 2}) {
    const v1::TrialSpec trial = Trial(4, leaf);
    const TrainedRun one = Train(trial, 1);
    ASSERT_TRUE(one.ranks[0].status.ok()) << one.ranks[0].status;
    for (const int world : {2, 4}) {
      if (world * leaf > 4) continue;
      const TrainedRun many = Train(trial, world);
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
    v1::TrialSpec trial = Trial(4, 1);
    *trial.mutable_model() = ModelOf(model);
    const TrainedRun one = Train(trial, 1);
    ASSERT_TRUE(one.ranks[0].status.ok()) << model << ": " << one.ranks[0].status;
    for (const int world : {2, 4}) {
      const TrainedRun many = Train(trial, world);
      EXPECT_EQ(many.weights(), one.weights()) << model << " " << world;
      EXPECT_EQ(many.predictions(), one.predictions()) << model << " " << world;
    }
  }
}

// A 2D network on slices by themselves, and on all of them where it predicts.
v1::TrialSpec SliceTrial(const std::string& model) {
  v1::TrialSpec trial = Trial(8, 2);
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
    const TrainedRun one = Train(trial, 1);
    ASSERT_TRUE(one.ranks[0].status.ok()) << model << ": " << one.ranks[0].status;
    for (const int world : {2, 4}) {
      const TrainedRun many = Train(trial, world);
      EXPECT_EQ(many.weights(), one.weights()) << model << " " << world;
      EXPECT_EQ(many.predictions(), one.predictions()) << model << " " << world;
    }
  }
}

TEST(TrainingTest, ASliceIsJudgedByItselfAndAVolumeByItsAggregate) {
  const v1::TrialSpec trial = SliceTrial("resnet2d { width: 4 }");
  const TrainedRun run = Train(trial, 1);
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
    v1::TrialSpec trial = Trial(4, 1);
    v1::Train own;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(train, &own)) << train;
    trial.mutable_train()->MergeFrom(own);
    const TrainedRun one = Train(trial, 1);
    ASSERT_TRUE(one.ranks[0].status.ok()) << train << ": " << one.ranks[0].status;
    EXPECT_NE(one.weights(), Train(Trial(4, 1), 1).weights()) << train;
    EXPECT_EQ(Train(trial, 4).weights(), one.weights()) << train;
    EXPECT_EQ(Train(trial, 4).predictions(), one.predictions()) << train;
  }
}

TEST(TrainingTest, AnotherOrderOfSummationGivesOtherBits) {
  // The control of the test above: were the order of no account, it would pass
  // whatever the tree did.
  const v1::TrialSpec trial = Trial(4, 1);
  EXPECT_NE(Train(trial, 1, SumOrder::kSequential).weights(), Train(trial, 1).weights());
}

TEST(TrainingTest, TheSameRunAgainGivesTheSameBits) {
  EXPECT_EQ(Train(Trial(3, 2), 1).weights(), Train(Trial(3, 2), 1).weights());
}

TEST(TrainingTest, EachItemIsTrainedOnOnceAnEpoch) {
  const TrainedRun run = Train(Trial(4, 1), 2);
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
  const v1::TrialSpec trial = Trial(4, 1);
  const TrainedRun one = Train(trial, 1);
  EXPECT_EQ(one.finished(0).seen_digest().size(), 32);
  EXPECT_EQ(one.finished(0).served_set_digest().size(), 32);
  for (const int world : {2, 4}) {
    const TrainedRun many = Train(trial, world);
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
  const v1::TrialSpec trial = Trial(4, 1);
  const std::vector<MemorySource::Spoil> spoils = {
      [](auto& queue) { queue.erase(queue.begin() + 1); },
      [](auto& queue) { queue.insert(queue.begin(), queue.front()); },
      [](auto& queue) { std::swap(queue[0], queue[1]); },
      [](auto& queue) { std::swap(queue[0].item, queue[1].item); },
  };
  for (const auto& spoil : spoils) {
    EXPECT_EQ(Train(trial, 1, SumOrder::kTree, spoil).ranks[0].status.code(),
              absl::StatusCode::kInternal);
  }
}

TEST(TrainingTest, TheSeenDigestTellsOtherTensorsApart) {
  const v1::TrialSpec trial = Trial(4, 1);
  const TrainedRun right = Train(trial, 1);
  const TrainedRun wrong = Train(trial, 1, SumOrder::kTree,
                                 [](auto& queue) { std::swap(queue[0].volume, queue[1].volume); });
  EXPECT_EQ(Hex(Train(trial, 1).finished(0).seen_digest()), Hex(right.finished(0).seen_digest()));
  EXPECT_NE(Hex(wrong.finished(0).seen_digest()), Hex(right.finished(0).seen_digest()));
}

TEST(TrainingTest, ALossThatIsNotFiniteNamesItsStep) {
  const TrainedRun run = Train(Trial(4, 1), 1, SumOrder::kTree, [](auto& queue) {
    queue[2].volume.fill_(std::numeric_limits<float>::quiet_NaN());
  });
  EXPECT_EQ(run.ranks[0].status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(run.ranks[0].status.message()),
              testing::HasSubstr("step 0 of epoch 0: first in the output of input"));
}

TEST(TrainingTest, ALossThatIsNotFiniteOnOneRankIsToldAlikeByAll) {
  // Rank 1 has the last two of the four leaves of a batch.
  const TrainedRun run = Train(Trial(4, 1), 2, SumOrder::kTree, [](std::deque<LoadedItem>& queue) {
    for (LoadedItem& item : queue) {
      if (item.position == 2) item.volume.fill_(std::numeric_limits<float>::quiet_NaN());
    }
  });
  for (const RankRun& rank : run.ranks) {
    EXPECT_EQ(rank.status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_TRUE(IsShared(rank.status));
    EXPECT_THAT(std::string(rank.status.message()),
                testing::HasSubstr("step 0 of epoch 0: first in the output of input"));
  }
}

TEST(TrainingTest, WeightsThatAreNotFiniteAreNamedAndThoseOfTheEpochBeforeAreLeft) {
  for (const int world : {1, 2}) {
    v1::TrialSpec trial = Trial(4, 1);
    // Larger than float32 can hold from the second epoch on, of three steps each.
    trial.mutable_train()->mutable_schedule()->mutable_step()->set_every(1);
    trial.mutable_train()->mutable_schedule()->mutable_step()->set_factor(1e45);
    const TrainedRun run = Train(trial, world);
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
  v1::TrialSpec trial = Trial(4, 1);
  trial.clear_validation_items();
  trial.clear_test_items();
  v1::Train& train = *trial.mutable_train();
  train.set_batch(kTrain);  // One step an epoch.
  train.mutable_schedule()->mutable_step()->set_every(2);
  train.mutable_schedule()->mutable_step()->set_factor(1e45);
  const TrainedRun run = Train(trial, 1);
  EXPECT_EQ(run.ranks[0].status.code(), absl::StatusCode::kOutOfRange) << run.ranks[0].status;
  EXPECT_THAT(std::string(run.ranks[0].status.message()),
              testing::HasSubstr("is not finite; lower the learning rate"));
  v1::Checkpoint head;
  ASSERT_TRUE(head.ParseFromString(*ReadFile(ScratchFolder() + "/last_finite/checkpoint.pb")));
  EXPECT_EQ(head.epoch(), 2);
}

TEST(TrainingTest, TheBestEpochByValidationIsSelected) {
  const v1::TrialSpec trial = Trial(4, 2);
  const TrainedRun run = Train(trial, 1);
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
  const auto network = NetworkFor(trial);
  const torch::NoGradGuard no_gradient;
  for (auto& entry : network->named_parameters()) entry.value().copy_(weights->at(entry.key()));
  MemorySource source(trial, VolumeOf);
  source.Queue(v1::PURPOSE_VALIDATION, 0, {0, 1, 2});
  const auto predictions = PredictAll(*network, Objective(trial, network->graph()), trial,
                                      trial.validation_items(), source, *MakeLocalGroup(1)[0]);
  ASSERT_TRUE(predictions.ok()) << predictions.status();
  EXPECT_EQ(MeanLoss(*predictions), best);
}

TEST(TrainingTest, OfEpochsThatAreEquallyGoodTheFirstIsSelected) {
  v1::TrialSpec trial = Trial(4, 2);
  trial.mutable_train()->mutable_optimizer()->mutable_adam()->set_lr(0);
  const TrainedRun run = Train(trial, 1);
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
  v1::TrialSpec trial = Trial(4, 2);
  trial.clear_validation_items();
  EXPECT_EQ(Train(trial, 1).finished(0).selected_epoch(), 3);
}

TEST(TrainingTest, TheLastEpochIsSelectedWhereItIsAskedFor) {
  v1::TrialSpec trial = Trial(4, 1);
  trial.mutable_train()->mutable_select()->set_epoch(v1::SELECT_EPOCH_LAST);
  EXPECT_EQ(Train(trial, 1).finished(0).selected_epoch(), 3);
}

TEST(TrainingTest, TrainingEndsWhenNothingGetsBetter) {
  // Without steps no epoch is better than the first.
  v1::TrialSpec trial = Trial(4, 1);
  trial.mutable_train()->mutable_optimizer()->mutable_adam()->set_lr(0);
  trial.mutable_train()->set_epochs(50);
  trial.mutable_train()->set_stop_after(2);
  for (const int world : {1, 2}) {
    const TrainedRun run = Train(trial, world);
    ASSERT_TRUE(run.ranks[0].status.ok()) << run.ranks[0].status;
    uint32_t epochs = 0;
    for (const v1::Record& record : run.ranks[0].records) epochs += record.has_epoch();
    EXPECT_EQ(epochs, 3);
    EXPECT_EQ(run.finished(0).selected_epoch(), 1);
    EXPECT_EQ(run.predictions(), Train(trial, 1).predictions());
  }
}

TEST(TrainingTest, WhatIsKeptOfAnAverageIsTheAverage) {
  // One that forgets at once is the weights themselves.
  v1::TrialSpec trial = Trial(4, 1);
  const TrainedRun plain = Train(trial, 1);
  trial.mutable_train()->set_ema(1e-15);
  EXPECT_EQ(Train(trial, 1).weights(), plain.weights());
  EXPECT_EQ(Train(trial, 1).predictions(), plain.predictions());
  trial.mutable_train()->set_ema(0.9);
  EXPECT_NE(Train(trial, 1).weights(), plain.weights());
}

TEST(TrainingTest, LongGradientsAreScaled) {
  v1::TrialSpec trial = Trial(4, 1);
  trial.mutable_train()->mutable_optimizer()->mutable_sgd()->set_lr(1e-3);
  const TrainedRun plain = Train(trial, 1);
  trial.mutable_train()->set_clip_norm(1e6);
  EXPECT_EQ(Train(trial, 1).weights(), plain.weights());
  trial.mutable_train()->set_clip_norm(1e-3);
  EXPECT_NE(Train(trial, 1).weights(), plain.weights());
}

TEST(TrainingTest, WhatTheLastEpochValidatedGoesWithItsWeights) {
  v1::TrialSpec trial = Trial(4, 1);
  trial.mutable_train()->mutable_select()->set_epoch(v1::SELECT_EPOCH_LAST);
  const std::string folder = ScratchFolder();
  Train(trial, 1);
  const auto bytes = ReadFile(folder + "/selected/checkpoint.pb");
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  v1::Checkpoint head;
  ASSERT_TRUE(head.ParseFromString(*bytes));
  EXPECT_TRUE(head.has_validation_loss());
  ASSERT_EQ(head.golden_size(), trial.validation_items_size());
  EXPECT_EQ(head.golden(0).item(), trial.validation_items(0).id());
}

TEST(TrainingTest, MeansOverTheEpochDoNotKnowTheWorldSize) {
  const v1::TrialSpec trial = Trial(4, 1);
  const auto losses = [](const TrainedRun& run) {
    std::vector<double> values;
    for (const v1::Record& record : run.ranks[0].records) {
      if (!record.has_epoch()) continue;
      values.push_back(record.epoch().train_loss());
      values.push_back(record.epoch().validation_loss());
    }
    return values;
  };
  EXPECT_EQ(losses(Train(trial, 4)), losses(Train(trial, 1)));
}

// A file of weights that a training of `trial` selected, outside of its folder.
std::string WeightsFileOf(const v1::TrialSpec& trial) {
  const TrainedRun run = Train(trial, 1);
  const std::string file = ScratchFolder() + ".weights";
  const auto bytes =
      ReadFile(absl::StrCat(ScratchFolder(), "/", run.finished(0).artifacts(0).path()));
  EXPECT_TRUE(bytes.ok() && WriteFileAtomically(file, *bytes).ok());
  return file;
}

TEST(TrainingTest, ExternalItemsArePredictedByTheSelectedWeightsAlikeForEveryWorldSize) {
  v1::TrialSpec trial = Trial(4, 1);
  const std::string weights_without = Train(trial, 1).weights();
  *trial.mutable_external_items() = trial.test_items();
  for (int i = 0; i < 3; ++i) trial.add_external_items()->set_id(absl::StrCat("d/s", i, "/1"));
  const TrainedRun one = Train(trial, 1);
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
    const TrainedRun many = Train(trial, world);
    EXPECT_EQ(digest(many), digest(one)) << world;
    EXPECT_EQ(many.weights(), one.weights()) << world;
  }
}

TEST(TransferTest, ATrainingGoesOnFromTheWeightsOfAnother) {
  v1::TrialSpec trial = Trial(4, 2);
  const std::string file = WeightsFileOf(trial);
  trial.mutable_train()->mutable_optimizer()->mutable_adam()->set_lr(0);
  trial.mutable_init()->set_stage("pretrain");
  const TrainedRun run = Train(trial, 1, SumOrder::kTree, {}, file);
  ASSERT_TRUE(run.ranks[0].status.ok()) << run.ranks[0].status;
  const auto before = ParseSafetensors(*ReadFile(file));
  const auto after = ParseSafetensors(
      *ReadFile(absl::StrCat(ScratchFolder(), "/", run.finished(0).artifacts(0).path())));
  for (const auto& [name, tensor] : *before) EXPECT_TRUE(tensor.equal(after->at(name))) << name;
  ASSERT_EQ(run.finished(0).artifacts_size(), 4);
  EXPECT_EQ(run.finished(0).artifacts(3).kind(), v1::ARTIFACT_KIND_TRANSFER);
  const auto table = ReadFile(ScratchFolder() + "/selected/transfer.tsv");
  EXPECT_THAT(*table, testing::HasSubstr("# from stage pretrain"));
}

TEST(TransferTest, HasTheSameBitsForEveryWorldSize) {
  v1::TrialSpec trial = Trial(4, 1);
  const std::string file = WeightsFileOf(trial);
  v1::Freeze& freeze = *trial.mutable_train()->add_freeze();
  freeze.add_tensors("conv1.*");
  freeze.add_tensors("layer1.*");
  freeze.set_epochs(1);
  v1::RateFactor& rate = *trial.mutable_train()->add_rates();
  rate.add_tensors("layer4.*");
  rate.set_factor(3);
  trial.mutable_init()->add_skip("fc.*");
  const TrainedRun one = Train(trial, 1, SumOrder::kTree, {}, file);
  ASSERT_TRUE(one.ranks[0].status.ok()) << one.ranks[0].status;
  EXPECT_EQ(Train(trial, 4, SumOrder::kTree, {}, file).weights(), one.weights());
}

TEST(TransferTest, WhatIsFrozenForAllEpochsStays) {
  v1::TrialSpec trial = Trial(4, 2);
  const std::string file = WeightsFileOf(trial);
  trial.mutable_train()->add_freeze()->add_tensors("conv1.*");
  const TrainedRun run = Train(trial, 1, SumOrder::kTree, {}, file);
  const auto before = ParseSafetensors(*ReadFile(file));
  const auto after = ParseSafetensors(
      *ReadFile(absl::StrCat(ScratchFolder(), "/", run.finished(0).artifacts(0).path())));
  EXPECT_TRUE(after->at("conv1.weight").equal(before->at("conv1.weight")));
  EXPECT_FALSE(after->at("layer1.0.conv1.weight").equal(before->at("layer1.0.conv1.weight")));
  const auto table = ReadFile(ScratchFolder() + "/selected/transfer.tsv");
  EXPECT_THAT(*table, testing::HasSubstr("\nconv1.weight\t4x1x3x3x3\tloaded\t\tyes\t"));
}

TEST(TransferTest, WeightsThatDoNotFitEndTheAttemptWithTheirSource) {
  v1::TrialSpec trial = Trial(4, 2);
  const std::string file = WeightsFileOf(trial);
  trial.mutable_init()->set_weights("theirs.pt");
  trial.mutable_model()->mutable_resnet3d()->set_width(8);
  const TrainedRun run = Train(trial, 1, SumOrder::kTree, {}, file);
  EXPECT_EQ(run.ranks[0].status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(run.ranks[0].status.message()),
              testing::HasSubstr("theirs.pt: the weights do not fit"));
}

}  // namespace
}  // namespace gyrus

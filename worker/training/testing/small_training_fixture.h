// A small training that ends in a fraction of a second, on any number of ranks, for the
// tests of this folder. Network, optimiser and gradient tree are real; ranks are threads.
#pragma once

#include <torch/utils.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/random.h"
#include "gtest/gtest.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"
#include "models/network.h"
#include "worker/collective/local_collective.h"
#include "worker/training/testing/memory_source_fixture.h"
#include "worker/training/training.h"

namespace gyrus {

inline constexpr int kTrain = 10;

// Makes the volume of an item. A slice such as "c/s1/1/z7" gets that of its volume.
inline torch::Tensor SmallVolumeOf(const std::string& item) {
  if (const size_t slice = item.find("/z"); slice != std::string::npos) {
    return SmallVolumeOf(item.substr(0, slice)).narrow(3, std::stoi(item.substr(slice + 2)), 1);
  }
  RandomStream random(3, item);
  torch::Tensor volume = torch::empty({1, 33, 20, 17});
  float* const voxels = volume.data_ptr<float>();
  for (int64_t i = 0; i < volume.numel(); ++i) voxels[i] = random.NextUnit() - 0.5;
  return volume;
}

// A trial of ten training items, three for validation and two for test, over three epochs.
inline v1::TrialSpec SmallTrial(uint32_t batch, uint32_t leaf) {
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
inline std::string ScratchFolder() {
  return testing::TempDir() + "training_test." +
         testing::UnitTest::GetInstance()->current_test_info()->name();
}

// The outcome of a training on one rank.
struct TrainedRank {
  absl::Status status;
  std::vector<v1::Record> records;
  std::vector<v1::Artifact> last_finite;
};

// The outcome of a training on all its ranks.
struct TrainedRun {
  std::vector<TrainedRank> ranks;
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

inline std::shared_ptr<Network> SmallNetworkFor(const v1::TrialSpec& trial) {
  return *MakeNetwork(trial.model(), trial.task(), {1, 33, 20, 17});
}

// Trains `trial` on `world` ranks, each a thread. `spoil` may change the items on their way to
// the training, to test that errors are found.
inline TrainedRun TrainSmall(const v1::TrialSpec& trial, int world,
                             SumOrder order = SumOrder::kTree, MemorySource::Spoil spoil = {},
                             const std::string& initial_weights = "") {
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
      std::shared_ptr<Network> network = SmallNetworkFor(trial);
      MemorySource source(trial, SmallVolumeOf, spoil);
      TrainedRank& mine = run.ranks[rank];
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

}  // namespace gyrus

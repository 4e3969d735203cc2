// Small real trainings, for tests: ranks are threads, items are made from their
// names.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/digest.h"
#include "common/random.h"
#include "common/status.h"
#include "gtest/gtest.h"
#include "worker/collective/local_collective.h"
#include "worker/training/testing/memory_source_fixture.h"
#include "worker/training/training.h"

namespace gyrus {

// The volume of an item, [channels, x, y, z]; that of a slice, "c/s1/1/z7", is cut
// from that of its sample. A second channel is a label image of zeros and ones.
inline torch::Tensor VolumeOf(const std::string& item, const std::vector<int64_t>& shape) {
  if (const size_t slice = item.find("/z"); slice != std::string::npos) {
    return VolumeOf(item.substr(0, slice), shape).narrow(3, std::stoi(item.substr(slice + 2)), 1);
  }
  RandomStream random(3, item);
  torch::Tensor volume = torch::empty(shape);
  float* const voxels = volume.data_ptr<float>();
  for (int64_t i = 0; i < volume.numel(); ++i) voxels[i] = random.NextUnit() - 0.5;
  if (shape[0] > 1) volume.select(0, 1).copy_(volume.select(0, 1).gt(0));
  return volume;
}

struct SmallRank {
  absl::Status status;
  std::vector<v1::Record> records;
};

struct SmallRun {
  std::vector<SmallRank> ranks;

  const absl::Status& status() const { return ranks.at(0).status; }
  const v1::TrainerStarted& started() const { return ranks.at(0).records.front().started(); }
  const v1::TrainerFinished& finished() const { return ranks.at(0).records.back().finished(); }
  std::string digest(v1::ArtifactKind kind) const {
    for (const v1::Artifact& a : finished().artifacts()) {
      if (a.kind() == kind) return Hex(a.sha256());
    }
    return "none";
  }
};

struct SmallTraining {
  v1::TrialSpec trial;
  std::vector<int64_t> volume;  // Shape of an item, label images among its channels.
  Shape input;                  // The input of the network.
  std::string folder;
  uint32_t attempt = 1;
  const Clock& clock = SystemClock();
  // The store of rank 0; may be null.
  CheckpointStore* store = nullptr;
  // Sees each record of rank 0 first; an error ends the training.
  std::function<absl::Status(const v1::Record&)> observe = {};

  SmallRun Run(int world) const {
    auto group = MakeLocalGroup(world);
    SmallRun run;
    run.ranks.resize(world);
    std::vector<std::thread> threads;
    for (int rank = 0; rank < world; ++rank) {
      threads.emplace_back([&, rank] { RunRank(std::move(group[rank]), run.ranks[rank]); });
    }
    for (std::thread& thread : threads) thread.join();
    return run;
  }

 private:
  void RunRank(std::unique_ptr<Collective> collective, SmallRank& mine) const {
    at::set_num_threads(1);
    const bool root = collective->rank() == 0;
    const std::shared_ptr<Network> network = *MakeNetwork(trial.model(), trial.task(), input);
    MemorySource source(trial, [this](const std::string& item) { return VolumeOf(item, volume); });
    Training training(
        {.trial = trial, .attempt = attempt, .numeric_kind = "cpu of the test", .folder = folder},
        {*network, *collective, source,
         [&, root](v1::Record record) -> absl::Status {
           if (root && observe) GYRUS_RETURN_IF_ERROR(observe(record));
           mine.records.push_back(std::move(record));
           return absl::OkStatus();
         },
         clock, root ? store : nullptr});
    mine.status = training.Run();
  }
};

}  // namespace gyrus

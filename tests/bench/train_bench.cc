// Training of 3D-ResNet18 at 64x80x56, batch 2, in the trainer's own loop
// against a plain LibTorch one: a step, an epoch with all that Gyrus does beside
// the steps.
#include <torch/utils.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "common/files.h"
#include "common/testing/paths.h"
#include "models/initial_weights.h"
#include "models/objective.h"
#include "tests/bench/paired.h"
#include "tests/bench/plain_trainer.h"
#include "worker/collective/local_collective.h"
#include "worker/trainer/runtime.h"
#include "worker/training/gradient_sum.h"
#include "worker/training/resume_store.h"
#include "worker/training/testing/memory_source_fixture.h"
#include "worker/training/training.h"

namespace gyrus {
namespace {

constexpr int kBatch = 2;
constexpr int kStepsPerEpoch = 8;
constexpr int kItems = kBatch * kStepsPerEpoch;

[[noreturn]] void Stop(const std::string& why) {
  fprintf(stderr, "train_bench: %s\n", why.c_str());
  std::exit(1);
}

void Check(const absl::Status& status) {
  if (!status.ok()) Stop(status.ToString());
}

// One trial over random volumes.
v1::TrialSpec Trial(uint32_t epochs) {
  v1::TrialSpec trial;
  trial.mutable_model()->mutable_resnet3d()->set_width(64);
  trial.mutable_task()->mutable_regression()->set_loss(v1::LOSS_L1);
  v1::Train& train = *trial.mutable_train();
  train.set_epochs(epochs);
  train.set_batch(kBatch);
  train.set_leaf(kBatch);
  train.set_seed(1);
  trial.mutable_resources()->set_checkpoint_seconds(1);
  v1::Adam& adam = *train.mutable_optimizer()->mutable_adam();
  adam.set_lr(1e-4);
  adam.set_beta1(0.9);
  adam.set_beta2(0.999);
  adam.set_eps(1e-8);
  trial.set_output_scale(10);
  trial.set_output_offset(40);
  for (int i = 0; i < kItems; ++i) {
    v1::Item& item = *trial.add_train_items();
    item.set_id(absl::StrCat("c/s", i, "/1"));
    item.set_target(30 + i);
  }
  return trial;
}

const std::vector<torch::Tensor>& Volumes() {
  static const auto* const volumes = [] {
    torch::manual_seed(1);
    auto* const made = new std::vector<torch::Tensor>;
    for (int i = 0; i < kItems; ++i) made->push_back(torch::randn({1, 64, 80, 56}));
    return made;
  }();
  return *volumes;
}

torch::Tensor VolumeOf(const std::string& item) {
  int index = -1;
  if (sscanf(item.c_str(), "c/s%d/1", &index) != 1) Stop("there is no item " + item);
  return Volumes()[index];
}

std::shared_ptr<Network> NewNetwork(const v1::TrialSpec& trial) {
  std::shared_ptr<Network> network = *MakeNetwork(trial.model(), trial.task(), {1, 64, 80, 56});
  InitialiseWeights(*network, 1);
  return network;
}

torch::Tensor BatchOf(int step) {
  return torch::stack({Volumes()[kBatch * step], Volumes()[kBatch * step + 1]});
}

// The same calls as TrainStep::Run, one by one.
void BenchStep(benchmark::State& state) {
  const v1::TrialSpec trial = Trial(1);
  const std::shared_ptr<Network> network = NewNetwork(trial);
  const auto group = MakeLocalGroup(1);
  const Objective objective(trial, network->graph());
  AdamOptimizer optimizer(*network, trial.train().optimizer().adam());
  GradientSum gradients(*network, *group[0], SumOrder::kTree);
  PlainTrainer plain(1e-4, trial.output_scale(), trial.output_offset());
  const torch::Tensor volumes = BatchOf(0);
  const torch::Tensor targets = torch::tensor({30.0f, 31.0f});
  RunPairs(
      state,
      [&] {
        const torch::Tensor loss =
            objective.Losses(network->Forward(volumes), {.numbers = targets}, volumes).sum();
        loss.backward();
        StepTotals totals = {.loss = loss.item<float>()};
        gradients.PushLeaf();
        Gradients sums = *gradients.Finish(1, totals);
        benchmark::DoNotOptimize(totals);
        optimizer.Step(1e-4, sums, kBatch);
      },
      [&] { benchmark::DoNotOptimize(plain.Step(volumes, targets)); });
}

// Adds the seconds of each epoch but the first, which warms up.
void RunLoop(const v1::TrialSpec& trial, const std::string& folder, std::vector<double>& seconds) {
  const std::shared_ptr<Network> network = NewNetwork(trial);
  const auto group = MakeLocalGroup(1);
  MemorySource source(trial, VolumeOf);
  const auto report = [&](const v1::Record& record) {
    if (record.epoch().epoch() > 0) seconds.push_back(record.epoch().seconds());
    return absl::OkStatus();
  };
  Check(MakeFolders(folder));
  ResumeStore store({.folder = folder + "/resume", .trial = trial, .numeric_kind = "bench"},
                    CpuDevice(), SystemClock());
  Training training({.trial = trial, .folder = folder},
                    {*network, *group[0], source, report, SystemClock(), &store});
  Check(training.Run());
  Check(RemoveAll(folder));
}

// The whole training, with a resume checkpoint every second; then as many epochs of
// nothing but steps.
void BenchEpoch(benchmark::State& state) {
  constexpr int kEpochs = 3;
  const v1::TrialSpec trial = Trial(1 + kEpochs);
  PlainTrainer plain(1e-4, trial.output_scale(), trial.output_offset());
  Pairs pairs;
  for (auto _ : state) {
    const size_t before = pairs.ours.size();
    RunLoop(trial, absl::StrCat(BinaryDir(), "/train_bench.", getpid()), pairs.ours);
    while (pairs.other.size() < pairs.ours.size()) {
      pairs.other.push_back(SecondsOf([&] {
        for (int step = 0; step < kStepsPerEpoch; ++step) {
          plain.Step(BatchOf(step), torch::tensor({30.0f + step, 31.0f + step}));
        }
      }));
    }
    state.SetIterationTime(pairs.ours[before]);
  }
  Tell(pairs, state);
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const char* const threads = std::getenv("GYRUS_BENCH_THREADS");
  gyrus::SetThreads(threads == nullptr ? 2 : std::atoi(threads));
  gyrus::KeepFreedMemory();
  gyrus::RegisterPairs("plain_libtorch/step", gyrus::BenchStep);
  gyrus::RegisterPairs("plain_libtorch/epoch", gyrus::BenchEpoch, 7);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

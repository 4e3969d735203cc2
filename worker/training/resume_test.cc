// A training that is stopped after any step and continued elsewhere gives the bits
// of one that was not.
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/files.h"
#include "common/status.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "worker/spool/resume_folders.h"
#include "worker/training/resume_store.h"
#include "worker/training/testing/training_fixture.h"

namespace gyrus {
namespace {

using ::testing::HasSubstr;

// Copies every checkpoint, and gives one of them.
class MemoryStore final : public CheckpointStore {
 public:
  Found FindNewest() override { return {.saved = given, .reason = "nothing was given"}; }
  bool IsDue() override { return !given.has_value(); }
  void Begin(SavedTraining saved) override {
    for (NamedTensors* tensors : {&saved.weights, &saved.optimizer, &saved.kept}) {
      for (auto& [name, tensor] : *tensors) tensor = tensor.clone();
    }
    taken.push_back(std::move(saved));
  }
  void WaitUntilCopied() override {}
  void Wait() override {}
  std::optional<v1::CheckpointWritten> TakeWritten() override { return std::nullopt; }

  std::optional<SavedTraining> given;
  std::vector<SavedTraining> taken;
};

struct Case {
  const char* name;
  // A v1::TrialSpec in protobuf's text format, merged over the one of the test.
  const char* trial;

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
};

// 6 items in batches of 4: steps of 4 and of 2 items, 3 epochs of them.
v1::TrialSpec TrialOf(const Case& c) {
  v1::TrialSpec trial;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(train { epochs: 3 batch: 4 leaf: 1 seed: 1
                 augment { flip { axis: "x" probability: 0.5 } shift { max_voxels: 2 } } }
         output_scale: 12.5 output_offset: 40)",
      &trial));
  for (int i = 0; i < 10; ++i) {
    v1::Item& item = *(i < 6   ? trial.add_train_items()
                       : i < 8 ? trial.add_validation_items()
                               : trial.add_test_items());
    item.set_id(absl::StrCat("c/s", i, "/1"));
    item.set_target(30 + 1.7 * i);
  }
  v1::TrialSpec own;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(c.trial, &own)) << c.trial;
  trial.MergeFrom(own);
  if (trial.model().model_case() == v1::Model::MODEL_NOT_SET) {
    // Small, with batch norms and dropout.
    for (const uint32_t width : {4, 4, 6})
      trial.mutable_model()->mutable_sfcn()->add_features(width);
  }
  if (trial.task().ByteSizeLong() == 0) {
    trial.mutable_task()->mutable_regression()->set_loss(v1::LOSS_L1);
  }
  if (trial.train().optimizer().optimizer_case() == v1::Optimizer::OPTIMIZER_NOT_SET) {
    v1::Adam& adam = *trial.mutable_train()->mutable_optimizer()->mutable_adam();
    adam.set_lr(1e-3);
    adam.set_beta1(0.9);
    adam.set_beta2(0.999);
    adam.set_eps(1e-8);
  }
  return trial;
}

SmallTraining TrainingOf(const v1::TrialSpec& trial, const std::string& folder) {
  // The decoder of a U-Net needs sizes that can be halved.
  Shape input = {1, 33, 20, 17};
  if (trial.model().has_unet3d()) input = {1, 36, 20, 20};
  std::vector<int64_t> volume(input.begin(), input.end());
  volume[0] += trial.recipe().labels_size();
  return {.trial = trial, .volume = volume, .input = input, .folder = folder};
}

// All that a result says, and the epochs from `first_epoch` on.
std::vector<std::string> OutcomeOf(const SmallRun& run, uint32_t first_epoch) {
  EXPECT_TRUE(run.status().ok()) << run.status();
  if (!run.status().ok()) return {};
  std::vector<std::string> outcome = {
      run.digest(v1::ARTIFACT_KIND_WEIGHTS), run.digest(v1::ARTIFACT_KIND_PREDICTIONS),
      Hex(run.finished().seen_digest()), Hex(run.finished().served_set_digest()),
      absl::StrCat("epoch ", run.finished().selected_epoch())};
  for (const v1::Record& record : run.ranks[0].records) {
    if (!record.has_epoch() || record.epoch().epoch() < first_epoch) continue;
    v1::EpochDone done = record.epoch();
    done.clear_seconds();
    outcome.push_back(done.ShortDebugString());
  }
  return outcome;
}

class ResumeTest : public testing::TestWithParam<Case> {};

TEST_P(ResumeTest, StoppedAfterAnyStepAndContinuedGivesTheSameBits) {
  const TestFolder scratch;
  const v1::TrialSpec trial = TrialOf(GetParam());
  const SmallTraining training = TrainingOf(trial, scratch.path());
  const SmallRun whole = training.Run(1);
  ASSERT_TRUE(whole.status().ok()) << whole.status();
  for (const int world : {1, 2}) {
    MemoryStore store;
    SmallTraining stopping = training;
    stopping.store = &store;
    EXPECT_EQ(OutcomeOf(stopping.Run(world), 0), OutcomeOf(whole, 0)) << world << " ranks";
    // One after each step, and one at the end.
    ASSERT_GE(store.taken.size(), 3);
    for (const SavedTraining& saved : store.taken) {
      MemoryStore found;
      found.given = saved;
      SmallTraining continuing = training;
      continuing.store = &found;
      continuing.attempt = 2;
      const SmallRun run = continuing.Run(world == 1 ? 2 : 1);
      EXPECT_EQ(OutcomeOf(run, saved.state.epoch()), OutcomeOf(whole, saved.state.epoch()))
          << "stopped after step " << saved.state.step() << " of " << world << " ranks";
      EXPECT_EQ(run.started().resumed_step(), saved.state.step());
      EXPECT_EQ(run.started().restart_reason(), "");
    }
  }
}

const Case kCases[] = {
    // Families of networks.
    {"InstanceNorm", "model { resnet3d { width: 2 } }"},
    {"BatchNorm", "model { resnet3d { width: 2 norm: NORM_BATCH } }"},
    {"Dropout", "model { sfcn { features: [4, 4, 6] } }"},
    {"Slices", "model { resnet2d { width: 2 } }"},
    {"Lstm", "model { slice_lstm { backbone { width: 2 } hidden: 4 } }"},
    {"SeveralOutputs",
     R"(model { unet3d { features: [2, 4, 4] } } recipe { labels: "tissue" }
        task { regression { loss: LOSS_L1 weight: 1 } reconstruction { loss: LOSS_MSE weight: 1 }
               segmentation { labels: "tissue" weight: 1 classes { name: "a" values: 1 } }
               weighting: WEIGHTING_UNCERTAINTY })"},
    {"SlicesAsItems",
     R"(model { resnet2d { width: 2 }
                slices { axis: "z" from: 3 count: 2 aggregate: SLICE_AGGREGATE_MEDIAN } }
        train { item: TRAIN_ITEM_SLICE } train_views { axis: 2 first: 3 count: 2 })"},
    // Optimisers.
    {"AdamW",
     "train { optimizer { adamw { lr: 1e-3 beta1: 0.9 beta2: 0.99 eps: 1e-8 weight_decay: 0.1 } } "
     "}"},
    {"SgdNesterov",
     "train { optimizer { sgd { lr: 1e-4 momentum: 0.9 nesterov: true } } clip_norm: 2 }"},
    {"SgdPlain", "train { optimizer { sgd { lr: 1e-4 weight_decay: 0.1 } } }"},
    // Averages, schedules, selection, freezing.
    {"Average", "train { ema: 0.5 warmup: 1 schedule { cosine {} } }"},
    {"AverageOfTheLastEpoch", "train { ema: 0.5 select { epoch: SELECT_EPOCH_LAST } }"},
    {"StepSchedule", "train { schedule { step { every: 1 factor: 0.5 } } }"},
    {"LastEpoch", "train { select { epoch: SELECT_EPOCH_LAST } }"},
    {"TrailingMean", "train { select { mean_of: 2 } }"},
    {"StopsEarly",
     "model { resnet3d { width: 2 } } "
     "train { epochs: 9 stop_after: 1 optimizer { sgd { lr: 1e-30 } } }"},
    {"FreezingAndRates",
     R"(model { resnet3d { width: 2 } }
        train { freeze { tensors: "layer1.*" epochs: 1 } freeze { tensors: "conv1.*" }
                rates { tensors: "layer4.*" factor: 3 } })"},
};

INSTANTIATE_TEST_SUITE_P(Trainings, ResumeTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

// Moves on by a second each time that it is asked.
// Thread-safe.
class TickingClock final : public Clock {
 public:
  absl::Duration Monotonic() const override { return absl::Seconds(++ticks_); }
  absl::Time Utc() const override { return absl::UnixEpoch(); }
  bool WaitFor(absl::Duration, const absl::Notification& stop) const override {
    return stop.HasBeenNotified();
  }

 private:
  mutable std::atomic<int64_t> ticks_ = 0;
};

class ResumeFromDiskTest : public testing::Test {
 protected:
  ResumeFromDiskTest() : trial_(TrialOf({"", "train { ema: 0.5 }"})) {
    trial_.mutable_resources()->set_checkpoint_seconds(1);
  }

  // One attempt; it ends with CANCELLED at its first checkpoint where that is asked
  // for.
  SmallRun Attempt(uint32_t number, int world, bool stop) {
    ResumeStore store({.folder = scratch_.In("resume"),
                       .trial = trial_,
                       .numeric_kind = "cpu of the test",
                       .attempt = number},
                      CpuDevice(), clock_);
    SmallTraining training{.trial = trial_,
                           .volume = {1, 33, 20, 17},
                           .input = {1, 33, 20, 17},
                           .folder = scratch_.In(absl::StrCat("spool", number)),
                           .attempt = number,
                           .clock = clock_,
                           .store = &store};
    EXPECT_TRUE(MakeFolders(training.folder).ok());
    training.observe = [stop](const v1::Record& record) {
      return stop && record.has_checkpoint() ? absl::CancelledError("stopped") : absl::OkStatus();
    };
    return training.Run(world);
  }

  const TestFolder scratch_;
  TickingClock clock_;
  v1::TrialSpec trial_;
};

TEST_F(ResumeFromDiskTest, EachAttemptContinuesTheOneBeforeIt) {
  const SmallRun whole = Attempt(1, 1, /*stop=*/false);
  ASSERT_TRUE(RemoveAll(scratch_.In("resume")).ok());
  uint32_t resumed = 0;
  SmallRun run;
  uint32_t attempt = 1;
  for (; attempt < 20; ++attempt) {
    run = Attempt(attempt, attempt % 2 + 1, /*stop=*/attempt < 5);
    if (run.status().ok()) break;
    ASSERT_TRUE(absl::IsCancelled(run.status())) << run.status();
    EXPECT_GE(run.started().resumed_step(), resumed);
    if (attempt > 1) {
      EXPECT_GT(run.started().resumed_step(), 0);
    }
    resumed = run.started().resumed_step();
  }
  EXPECT_GT(attempt, 1);
  EXPECT_EQ(OutcomeOf(run, 99), OutcomeOf(whole, 99));
}

TEST_F(ResumeFromDiskTest, WithoutAUsableCheckpointAllBeginAtStep0AndSayWhy) {
  const SmallRun first = Attempt(1, 1, /*stop=*/false);
  EXPECT_EQ(first.started().restart_reason(), "");
  const auto steps = ListStepFolders(scratch_.In("resume"));
  ASSERT_TRUE(steps.ok() && !steps->empty());
  const std::string weights =
      absl::StrCat(scratch_.In("resume/"), steps->front().Name(), "/weights.safetensors");
  ASSERT_TRUE(WriteFileAtomically(weights, "junk").ok());
  const SmallRun damaged = Attempt(2, 2, /*stop=*/false);
  EXPECT_EQ(OutcomeOf(damaged, 0), OutcomeOf(first, 0));
  for (const SmallRank& rank : damaged.ranks) {
    const v1::TrainerStarted& started = rank.records.front().started();
    EXPECT_EQ(started.resumed_step(), 0);
    EXPECT_THAT(started.restart_reason(), HasSubstr("weights.safetensors is damaged"));
  }
  ASSERT_TRUE(RemoveAll(scratch_.In("resume")).ok());
  EXPECT_THAT(Attempt(3, 1, /*stop=*/false).started().restart_reason(),
              HasSubstr("there is no resume checkpoint on this host"));
}

TEST_F(ResumeFromDiskTest, AnAttemptAfterTheLastStepTrainsNothingAgain) {
  const SmallRun whole = Attempt(1, 2, /*stop=*/false);
  const SmallRun again = Attempt(2, 1, /*stop=*/false);
  EXPECT_EQ(OutcomeOf(again, 99), OutcomeOf(whole, 99));
  EXPECT_EQ(again.started().resumed_step(), 6);
  // The newest checkpoint may be from between the last step and the end of its epoch;
  // then the validation is made once more, but no step.
  for (const v1::Record& record : again.ranks[0].records) EXPECT_FALSE(record.has_steps());
}

}  // namespace
}  // namespace gyrus

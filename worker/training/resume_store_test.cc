#include "worker/training/resume_store.h"

#include <unistd.h>

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/testing/fake_clock.h"
#include "common/testing/sync_spy.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/spool/resume_folders.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kKind[] = "cpu of the test";

v1::TrialSpec Trial(double lr = 1e-3, uint32_t checkpoint_seconds = 300) {
  v1::TrialSpec trial;
  trial.set_experiment_id("e1");
  trial.set_trial_id("T1w/train/r0/f0/s1");
  trial.mutable_train()->mutable_optimizer()->mutable_adam()->set_lr(lr);
  trial.mutable_resources()->set_checkpoint_seconds(checkpoint_seconds);
  trial.mutable_resources()->set_slots_per_trial(1);
  return trial;
}

// A training saved after `step`; its numbers differ from those of other steps.
SavedTraining Saved(uint32_t step, bool kept = true) {
  SavedTraining saved;
  *saved.state.mutable_trial() = Trial();
  saved.state.set_epoch(step / 3);
  saved.state.set_batch(step % 3);
  saved.state.set_step(step);
  saved.state.set_seen_digest(absl::StrCat("digest of ", step));
  const float value = static_cast<float>(step);
  saved.weights = {{"conv1.weight", torch::full({3, 2}, value)}};
  saved.optimizer = {{"exp_avg/conv1.weight", torch::full({3, 2}, -value)},
                     {"step", torch::tensor(value)}};
  if (kept) saved.kept = {{"conv1.weight", torch::full({3, 2}, value / 2)}};
  return saved;
}

std::string Name(uint32_t step) {
  return StepFolder{.step = step, .identity = ResumeIdentity(Trial(), kKind)}.Name();
}

std::vector<std::string> Names(const std::string& folder) {
  const auto names = ListFolder(folder);
  return names.ok() ? *names : std::vector<std::string>{"unreadable"};
}

bool IsThere(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

class ResumeStoreTest : public testing::Test {
 protected:
  std::unique_ptr<ResumeStore> Open(uint32_t attempt = 1, const v1::TrialSpec& trial = Trial(),
                                    const std::string& kind = kKind) {
    return std::make_unique<ResumeStore>(
        ResumeStoreOptions{
            .folder = folder_, .trial = trial, .numeric_kind = kind, .attempt = attempt},
        CpuDevice(), clock_);
  }

  // Writes the checkpoint of a step; whether it became whole.
  bool Write(ResumeStore& store, uint32_t step, bool kept = true) {
    store.Begin(Saved(step, kept));
    store.Wait();
    const auto written = store.TakeWritten();
    if (written.has_value()) {
      EXPECT_EQ(written->step(), step);
    }
    return written.has_value();
  }

  // Expects that the newest checkpoint is the one saved after `step`.
  void ExpectFinds(uint32_t step, bool kept = true) {
    const CheckpointStore::Found found = Open(99)->FindNewest();
    ASSERT_TRUE(found.saved.has_value()) << found.reason;
    SavedTraining expected = Saved(step, kept);
    expected.state.set_numeric_kind(kKind);
    EXPECT_EQ(found.saved->state.SerializeAsString(), expected.state.SerializeAsString());
    const auto same = [](const NamedTensors& a, const NamedTensors& b) {
      ASSERT_EQ(a.size(), b.size());
      for (const auto& [name, tensor] : a) EXPECT_TRUE(tensor.equal(b.at(name))) << name;
    };
    same(found.saved->weights, expected.weights);
    same(found.saved->optimizer, expected.optimizer);
    same(found.saved->kept, expected.kept);
  }

  const TestFolder scratch_;
  const std::string folder_ = scratch_.In("trial");
  FakeClock clock_;
};

TEST_F(ResumeStoreTest, WhatWasWrittenIsFound) {
  const auto store = Open();
  ASSERT_TRUE(Write(*store, 7));
  EXPECT_THAT(Names(folder_), ElementsAre(Name(7)));
  EXPECT_THAT(Names(folder_ + "/" + Name(7)),
              ElementsAre("head.pb", "kept.safetensors", "optimizer.safetensors", "state.pb",
                          "weights.safetensors"));
  ExpectFinds(7);
  ASSERT_TRUE(Write(*store, 8, /*kept=*/false));
  ExpectFinds(8, /*kept=*/false);
  const auto head = ReadResumeHead(folder_ + "/" + Name(8));
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->trial_id(), "T1w/train/r0/f0/s1");
  EXPECT_EQ(head->attempt(), 1);
  EXPECT_EQ(head->step(), 8);
  EXPECT_EQ(head->epoch(), 2);
}

TEST_F(ResumeStoreTest, WithoutACheckpointTheReasonSaysSo) {
  const CheckpointStore::Found found = Open()->FindNewest();
  EXPECT_FALSE(found.saved.has_value());
  EXPECT_EQ(found.reason, "there is no resume checkpoint on this host");
}

TEST_F(ResumeStoreTest, OneIsDueWhenItsTimeHasComeAndNoneIsBeingWritten) {
  const auto store = Open();
  EXPECT_FALSE(store->IsDue());
  clock_.Advance(absl::Seconds(299));
  EXPECT_FALSE(store->IsDue());
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(store->IsDue());
  Write(*store, 1);
  EXPECT_FALSE(store->IsDue());
  clock_.Advance(absl::Seconds(300));
  EXPECT_TRUE(store->IsDue());
  const auto never = Open(1, Trial(1e-3, /*checkpoint_seconds=*/0));
  clock_.Advance(absl::Hours(1000));
  EXPECT_FALSE(never->IsDue());
}

TEST_F(ResumeStoreTest, ANewerOneReplacesTheOlder) {
  const auto store = Open();
  for (const uint32_t step : {9, 10, 11}) ASSERT_TRUE(Write(*store, step));
  EXPECT_THAT(Names(folder_), ElementsAre(Name(11)));
  ExpectFinds(11);
}

TEST_F(ResumeStoreTest, IsWholeOnDiskBeforeItHasItsName) {
  const auto store = Open();
  ASSERT_TRUE(Write(*store, 1));
  std::vector<std::string> synced;
  bool both_at_last = false;
  {
    const SyncSpy spy([&](const std::string& path) {
      synced.push_back(path.substr(scratch_.path().size()));
      const bool named = IsThere(folder_ + "/" + Name(2));
      // The folder that has the name is synced last, and only then the old goes.
      EXPECT_EQ(named, path == folder_ && synced.size() > 1) << path;
      EXPECT_TRUE(IsThere(folder_ + "/" + Name(1) + "/head.pb")) << path;
      both_at_last = both_at_last || named;
    });
    ASSERT_TRUE(Write(*store, 2));
  }
  EXPECT_TRUE(both_at_last);
  const std::string aside = absl::StrCat("/trial/", Name(2), ".a1.tmp");
  ASSERT_EQ(synced.size(), 8);
  EXPECT_EQ(synced[0], "/trial");  // The new folder aside.
  EXPECT_EQ(synced[1], aside + "/weights.safetensors");
  EXPECT_EQ(synced[2], aside + "/optimizer.safetensors");
  EXPECT_EQ(synced[3], aside + "/kept.safetensors");
  EXPECT_EQ(synced[4], aside + "/state.pb");
  EXPECT_THAT(synced[5], HasSubstr(aside + "/head.pb"));
  EXPECT_EQ(synced[6], aside);
  EXPECT_EQ(synced[7], "/trial");
}

TEST_F(ResumeStoreTest, EveryDamagedByteIsNoticedAndNamed) {
  const auto store = Open();
  ASSERT_TRUE(Write(*store, 7));
  const std::string whole = folder_ + "/" + Name(7);
  for (const std::string& file : Names(whole)) {
    const std::string bytes = *ReadFile(whole + "/" + file);
    for (size_t i = 0; i < bytes.size(); ++i) {
      const std::string damaged_folder = scratch_.In("damaged");
      ASSERT_TRUE(RemoveAll(damaged_folder).ok());
      ASSERT_TRUE(MakeFolders(damaged_folder + "/" + Name(7)).ok());
      for (const std::string& other : Names(whole)) {
        ASSERT_EQ(link((whole + "/" + other).c_str(),
                       (damaged_folder + "/" + Name(7) + "/" + other).c_str()),
                  0);
      }
      std::string damaged = bytes;
      damaged[i] ^= 0x10;
      const std::string path = damaged_folder + "/" + Name(7) + "/" + file;
      ASSERT_TRUE(RemoveAll(path).ok());
      std::FILE* const out = std::fopen(path.c_str(), "wb");
      std::fwrite(damaged.data(), 1, damaged.size(), out);
      std::fclose(out);
      ResumeStore reader({.folder = damaged_folder, .trial = Trial(), .numeric_kind = kKind},
                         CpuDevice(), clock_);
      const CheckpointStore::Found found = reader.FindNewest();
      ASSERT_FALSE(found.saved.has_value()) << file << " " << i;
      ASSERT_THAT(found.reason, HasSubstr(file)) << i;
      // So that a whole one may take its name.
      ASSERT_FALSE(IsThere(damaged_folder + "/" + Name(7)));
    }
  }
}

TEST_F(ResumeStoreTest, AnOlderWholeOneStandsInForADamagedOne) {
  const auto store = Open();
  ASSERT_TRUE(Write(*store, 7));
  const std::string older = scratch_.In("older");
  ASSERT_EQ(rename((folder_ + "/" + Name(7)).c_str(), older.c_str()), 0);
  ASSERT_TRUE(Write(*store, 8));
  ASSERT_EQ(rename(older.c_str(), (folder_ + "/" + Name(7)).c_str()), 0);
  ASSERT_TRUE(WriteFileAtomically(folder_ + "/" + Name(8) + "/state.pb", "junk").ok());
  ExpectFinds(7);
}

TEST_F(ResumeStoreTest, OneOfAnotherTrialOrKindIsPassedOverAndStays) {
  ASSERT_TRUE(Write(*Open(), 7));
  const CheckpointStore::Found other_kind = Open(2, Trial(), "another cpu")->FindNewest();
  EXPECT_FALSE(other_kind.saved.has_value());
  EXPECT_THAT(other_kind.reason, HasSubstr("it was computed on cpu of the test, not on another"));
  const CheckpointStore::Found other_trial = Open(2, Trial(2e-3))->FindNewest();
  EXPECT_FALSE(other_trial.saved.has_value());
  EXPECT_THAT(other_trial.reason, HasSubstr("a trial with another specification"));
  // Fields that do not influence the bits may differ.
  v1::TrialSpec same = Trial(1e-3, 2);
  same.mutable_resources()->set_slots_per_trial(4);
  EXPECT_TRUE(Open(2, same)->FindNewest().saved.has_value());
  // Others write beside it, and remove their own alone.
  const auto other = Open(2, Trial(2e-3));
  ASSERT_TRUE(Write(*other, 9));
  ExpectFinds(7);
}

TEST_F(ResumeStoreTest, WhatCrashesLeftGoesButNotWhatALaterAttemptWrites) {
  for (const char* left : {".a1.tmp", ".a2.tmp", ".a3.tmp"}) {
    ASSERT_TRUE(MakeFolders(folder_ + "/" + Name(5) + left).ok());
    ASSERT_TRUE(WriteFileAtomically(folder_ + "/" + Name(5) + left + "/weights.safetensors",
                                    std::string(999, 'x'))
                    .ok());
  }
  ASSERT_TRUE(Write(*Open(2), 5));
  EXPECT_THAT(Names(folder_), ElementsAre(Name(5), Name(5) + ".a3.tmp"));
  ExpectFinds(5);
}

TEST_F(ResumeStoreTest, TwoAttemptsThatWriteTheSameStepDoNoHarm) {
  ASSERT_TRUE(Write(*Open(1), 5));
  ASSERT_TRUE(Write(*Open(2), 5));
  EXPECT_THAT(Names(folder_), ElementsAre(Name(5)));
  ExpectFinds(5);
  // An attempt that is behind removes nothing that is newer.
  ASSERT_TRUE(Write(*Open(2), 4));
  ExpectFinds(5);
}

TEST_F(ResumeStoreTest, AFullDiskCostsTheCheckpointAndNothingElse) {
  for (const char* file :
       {"weights.safetensors", "optimizer.safetensors", "kept.safetensors", "state.pb"}) {
    const auto store = Open();
    ASSERT_TRUE(Write(*store, 1));
    const std::string aside = absl::StrCat(folder_, "/", Name(2), ".a1.tmp");
    ASSERT_TRUE(MakeFolders(aside).ok());
    ASSERT_EQ(symlink("/dev/full", absl::StrCat(aside, "/", file).c_str()), 0);
    EXPECT_FALSE(Write(*store, 2));
    EXPECT_THAT(Names(folder_), ElementsAre(Name(1))) << file;
    ExpectFinds(1);
    // There is room again.
    EXPECT_TRUE(Write(*store, 3));
    ASSERT_TRUE(RemoveAll(folder_).ok());
  }
}

TEST_F(ResumeStoreTest, AFolderThatCannotBeMadeCostsTheCheckpointAndNothingElse) {
  ASSERT_TRUE(WriteFileAtomically(folder_, "in the way").ok());
  EXPECT_FALSE(Write(*Open(), 1));
  EXPECT_EQ(*ReadFile(folder_), "in the way");
}

TEST_F(ResumeStoreTest, TensorsMayChangeOnceTheyAreCopied) {
  const auto store = Open();
  const SavedTraining saved = Saved(5);
  store->Begin(saved);
  store->WaitUntilCopied();
  for (const NamedTensors* live : {&saved.weights, &saved.optimizer}) {
    for (auto& [name, tensor] : *live) torch::Tensor(tensor).fill_(99);
  }
  store->Wait();
  ExpectFinds(5);
}

TEST_F(ResumeStoreTest, WaitsForNothingWhereNothingWasBegun) {
  const auto store = Open();
  store->WaitUntilCopied();
  store->Wait();
  EXPECT_FALSE(store->TakeWritten().has_value());
  EXPECT_THAT(Names(scratch_.path()), IsEmpty());
}

TEST_F(ResumeStoreTest, EndsOnlyWhenWhatItBeganIsWhole) {
  {
    const auto store = Open();
    for (const uint32_t step : {1, 2, 3}) store->Begin(Saved(step));
  }
  EXPECT_THAT(Names(folder_), ElementsAre(Name(3)));
  ExpectFinds(3);
}

TEST_F(ResumeStoreTest, WeightsThatAreNotFiniteDoNotTakeThePlaceOfThoseBefore) {
  for (const float bad :
       {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    const auto store = Open();
    ASSERT_TRUE(Write(*store, 1));
    SavedTraining saved = Saved(2);
    saved.weights.at("conv1.weight")[2][1] = bad;
    store->Begin(saved);
    store->Wait();
    EXPECT_FALSE(store->TakeWritten().has_value());
    ExpectFinds(1);
  }
}

}  // namespace
}  // namespace gyrus

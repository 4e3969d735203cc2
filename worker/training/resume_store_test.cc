#include "worker/training/resume_writer.h"

#include <unistd.h>

#include <limits>
#include <string>
#include <vector>

#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"
#include "common/testing/sync_spy.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Checkpoint Head(uint32_t epoch) {
  v1::Checkpoint head;
  head.set_format_version(1);
  head.set_epoch(epoch);
  head.set_step(10 * epoch);
  head.mutable_trial()->mutable_train()->set_batch(4);
  return head;
}

NamedTensors Weights(float value) { return {{"conv1.weight", torch::full({3, 2}, value)}}; }
NamedTensors Optimizer(float value) {
  return {{"exp_avg/conv1.weight", torch::full({3, 2}, -value)}, {"step", torch::tensor(value)}};
}

std::vector<std::string> Names(const std::string& folder) {
  const auto names = ListFolder(folder);
  return names.ok() ? *names : std::vector<std::string>{"unreadable"};
}

bool IsThere(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

std::string Bytes(const std::string& path) {
  const auto bytes = ReadFile(path);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.value_or("");
}

// What is in the checkpoint of `epoch`, where it is whole.
void ExpectWhole(const std::string& folder, uint32_t epoch) {
  const std::string checkpoint = folder + "/" + CheckpointWriter::NameOf(epoch);
  EXPECT_THAT(Names(checkpoint),
              ElementsAre("checkpoint.pb", "optimizer.safetensors", "weights.safetensors"));
  v1::Checkpoint head;
  ASSERT_TRUE(head.ParseFromString(Bytes(checkpoint + "/checkpoint.pb")));
  const std::string weights = Bytes(checkpoint + "/weights.safetensors");
  const std::string optimizer = Bytes(checkpoint + "/optimizer.safetensors");
  EXPECT_EQ(head.weights_xxh3(), Xxh3Of(weights));
  EXPECT_EQ(head.optimizer_xxh3(), Xxh3Of(optimizer));
  head.clear_weights_xxh3();
  head.clear_optimizer_xxh3();
  EXPECT_EQ(head.SerializeAsString(), Head(epoch).SerializeAsString());
  const auto tensors = ParseSafetensors(weights);
  ASSERT_TRUE(tensors.ok()) << tensors.status();
  EXPECT_TRUE(torch::equal(tensors->at("conv1.weight"), Weights(epoch).at("conv1.weight")));
  const auto state = ParseSafetensors(optimizer);
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->size(), 2);
  EXPECT_EQ(state->at("step").item<float>(), epoch);
}

absl::Status WriteEpoch(CheckpointWriter& writer, uint32_t epoch, std::set<uint32_t> keep = {}) {
  GYRUS_RETURN_IF_ERROR(
      writer.Begin(Head(epoch), Weights(epoch), Optimizer(epoch), std::move(keep)));
  return writer.Wait();
}

TEST(CheckpointWriterTest, WritesThreeFilesThatTellOfEachOther) {
  const TestFolder folder;
  CheckpointWriter writer(folder.In("checkpoints"));
  ASSERT_TRUE(WriteEpoch(writer, 7).ok());
  EXPECT_THAT(Names(folder.In("checkpoints")), ElementsAre("epoch-0007"));
  ExpectWhole(folder.In("checkpoints"), 7);
}

TEST(CheckpointWriterTest, NamesSortByEpoch) {
  EXPECT_EQ(CheckpointWriter::NameOf(7), "epoch-0007");
  EXPECT_LT(CheckpointWriter::NameOf(99), CheckpointWriter::NameOf(1000));
}

TEST(CheckpointWriterTest, ALaterOneReplacesThoseNotToBeKept) {
  const TestFolder folder;
  CheckpointWriter writer(folder.path());
  ASSERT_TRUE(WriteEpoch(writer, 1).ok());
  ASSERT_TRUE(WriteEpoch(writer, 2).ok());
  EXPECT_THAT(Names(folder.path()), ElementsAre("epoch-0002"));
  ASSERT_TRUE(WriteEpoch(writer, 3, {2}).ok());
  EXPECT_THAT(Names(folder.path()), ElementsAre("epoch-0002", "epoch-0003"));
  ASSERT_TRUE(WriteEpoch(writer, 4, {2, 99}).ok());
  EXPECT_THAT(Names(folder.path()), ElementsAre("epoch-0002", "epoch-0004"));
  ExpectWhole(folder.path(), 2);
  ExpectWhole(folder.path(), 4);
}

TEST(CheckpointWriterTest, IsWholeOnDiskBeforeItHasItsName) {
  const TestFolder folder;
  CheckpointWriter writer(folder.path());
  ASSERT_TRUE(WriteEpoch(writer, 1).ok());
  std::vector<std::string> synced;
  bool both_at_last = false;
  {
    const SyncSpy spy([&](const std::string& path) {
      synced.push_back(path.substr(folder.path().size()));
      const bool named = IsThere(folder.In("epoch-0002"));
      // The folder that has the name is synced last, and only then the old goes.
      EXPECT_EQ(named, path == folder.path() && synced.size() > 1) << path;
      EXPECT_TRUE(IsThere(folder.In("epoch-0001/checkpoint.pb"))) << path;
      if (named) {
        ExpectWhole(folder.path(), 2);
        both_at_last = true;
      }
    });
    ASSERT_TRUE(WriteEpoch(writer, 2).ok());
  }
  EXPECT_TRUE(both_at_last);
  ASSERT_EQ(synced.size(), 6);
  EXPECT_EQ(synced[0], "");  // The new folder aside.
  EXPECT_EQ(synced[1], "/epoch-0002.tmp/weights.safetensors");
  EXPECT_EQ(synced[2], "/epoch-0002.tmp/optimizer.safetensors");
  EXPECT_THAT(synced[3], HasSubstr("/epoch-0002.tmp/checkpoint.pb"));
  EXPECT_EQ(synced[4], "/epoch-0002.tmp");
  EXPECT_EQ(synced[5], "");
  EXPECT_THAT(Names(folder.path()), ElementsAre("epoch-0002"));
}

TEST(CheckpointWriterTest, WhatACrashLeftIsReplaced) {
  const TestFolder folder;
  for (const char* left : {"epoch-0001.tmp", "epoch-0002.tmp"}) {
    ASSERT_TRUE(MakeFolders(folder.In(left)).ok());
    ASSERT_TRUE(
        WriteFileAtomically(folder.In(left) + "/weights.safetensors", std::string(9999, 'x')).ok());
  }
  CheckpointWriter writer(folder.path());
  ASSERT_TRUE(WriteEpoch(writer, 2).ok());
  EXPECT_THAT(Names(folder.path()), ElementsAre("epoch-0002"));
  ExpectWhole(folder.path(), 2);
}

TEST(CheckpointWriterTest, AFolderThatCannotBeMadeIsAStatus) {
  const TestFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.In("file"), "in the way").ok());
  CheckpointWriter writer(folder.In("file"));
  const absl::Status status = WriteEpoch(writer, 1);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(folder.In("file")));
  EXPECT_EQ(Bytes(folder.In("file")), "in the way");
}

// A folder in whose checkpoint of epoch 2 `file` fills the disk.
void FillTheDiskAt(const TestFolder& folder, const std::string& file) {
  ASSERT_TRUE(MakeFolders(folder.In("epoch-0002.tmp")).ok());
  ASSERT_EQ(symlink("/dev/full", folder.In("epoch-0002.tmp/" + file).c_str()), 0);
}

TEST(CheckpointWriterTest, AFullDiskIsAStatusAndLeavesTheLastCheckpoint) {
  for (const char* file : {"weights.safetensors", "optimizer.safetensors"}) {
    const TestFolder folder;
    CheckpointWriter writer(folder.path());
    ASSERT_TRUE(WriteEpoch(writer, 1).ok());
    FillTheDiskAt(folder, file);
    const absl::Status status = WriteEpoch(writer, 2);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(file));
    EXPECT_FALSE(IsThere(folder.In("epoch-0002")));
    ExpectWhole(folder.path(), 1);
  }
}

TEST(CheckpointWriterTest, TheFirstErrorStays) {
  const TestFolder folder;
  CheckpointWriter writer(folder.path());
  FillTheDiskAt(folder, "weights.safetensors");
  const absl::Status first = WriteEpoch(writer, 2);
  EXPECT_FALSE(first.ok());
  EXPECT_EQ(WriteEpoch(writer, 3), first);
  EXPECT_EQ(writer.Wait(), first);
  EXPECT_FALSE(IsThere(folder.In("epoch-0003")));
}

TEST(CheckpointWriterTest, TensorsMayChangeOnceTheyAreCopied) {
  const TestFolder folder;
  CheckpointWriter writer(folder.path());
  const NamedTensors weights = Weights(5);
  const NamedTensors optimizer = Optimizer(5);
  ASSERT_TRUE(writer.Begin(Head(5), weights, optimizer, {}).ok());
  writer.WaitUntilCopied();
  for (const NamedTensors& live : {weights, optimizer}) {
    for (auto& [name, tensor] : live) torch::Tensor(tensor).fill_(99);
  }
  ASSERT_TRUE(writer.Wait().ok());
  ExpectWhole(folder.path(), 5);
}

TEST(CheckpointWriterTest, WaitsForNothingWhereNothingWasBegun) {
  const TestFolder folder;
  CheckpointWriter writer(folder.In("checkpoints"));
  writer.WaitUntilCopied();
  EXPECT_TRUE(writer.Wait().ok());
  EXPECT_THAT(Names(folder.path()), IsEmpty());
}

TEST(CheckpointWriterTest, EndsOnlyWhenWhatItBeganIsWhole) {
  const TestFolder folder;
  {
    CheckpointWriter writer(folder.path());
    for (uint32_t epoch = 1; epoch <= 3; ++epoch) {
      EXPECT_TRUE(writer.Begin(Head(epoch), Weights(epoch), Optimizer(epoch), {}).ok());
    }
  }
  EXPECT_THAT(Names(folder.path()), ElementsAre("epoch-0003"));
  ExpectWhole(folder.path(), 3);
}

TEST(CheckpointWriterTest, WeightsThatAreNotFiniteDoNotTakeThePlaceOfThoseBefore) {
  for (const float bad :
       {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    const TestFolder folder;
    CheckpointWriter writer(folder.path());
    ASSERT_TRUE(writer.Begin(Head(1), Weights(1), Optimizer(1), {}).ok());
    NamedTensors weights = Weights(2);
    weights.at("conv1.weight")[2][1] = bad;
    ASSERT_TRUE(writer.Begin(Head(2), weights, Optimizer(2), {}).ok());
    ASSERT_TRUE(writer.Wait().ok());
    EXPECT_THAT(Names(folder.path()), ElementsAre("epoch-0001"));
    ExpectWhole(folder.path(), 1);
  }
}

}  // namespace
}  // namespace gyrus

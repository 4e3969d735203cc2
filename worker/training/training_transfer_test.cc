// Tests of trainings that start from the weights of another one.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/training/testing/small_training_fixture.h"

namespace gyrus {
namespace {

// A file of weights that a training of `trial` selected, outside of its folder.
std::string WeightsFileOf(const v1::TrialSpec& trial) {
  const TrainedRun run = TrainSmall(trial, 1);
  const std::string file = ScratchFolder() + ".weights";
  const auto bytes =
      ReadFile(absl::StrCat(ScratchFolder(), "/", run.finished(0).artifacts(0).path()));
  EXPECT_TRUE(bytes.ok() && WriteFileAtomically(file, *bytes).ok());
  return file;
}

TEST(TransferTest, ATrainingGoesOnFromTheWeightsOfAnother) {
  v1::TrialSpec trial = SmallTrial(4, 2);
  const std::string file = WeightsFileOf(trial);
  trial.mutable_train()->mutable_optimizer()->mutable_adam()->set_lr(0);
  trial.mutable_init()->set_stage("pretrain");
  const TrainedRun run = TrainSmall(trial, 1, SumOrder::kTree, {}, file);
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
  v1::TrialSpec trial = SmallTrial(4, 1);
  const std::string file = WeightsFileOf(trial);
  v1::Freeze& freeze = *trial.mutable_train()->add_freeze();
  freeze.add_tensors("conv1.*");
  freeze.add_tensors("layer1.*");
  freeze.set_epochs(1);
  v1::RateFactor& rate = *trial.mutable_train()->add_rates();
  rate.add_tensors("layer4.*");
  rate.set_factor(3);
  trial.mutable_init()->add_skip("fc.*");
  const TrainedRun one = TrainSmall(trial, 1, SumOrder::kTree, {}, file);
  ASSERT_TRUE(one.ranks[0].status.ok()) << one.ranks[0].status;
  EXPECT_EQ(TrainSmall(trial, 4, SumOrder::kTree, {}, file).weights(), one.weights());
}

TEST(TransferTest, WhatIsFrozenForAllEpochsStays) {
  v1::TrialSpec trial = SmallTrial(4, 2);
  const std::string file = WeightsFileOf(trial);
  trial.mutable_train()->add_freeze()->add_tensors("conv1.*");
  const TrainedRun run = TrainSmall(trial, 1, SumOrder::kTree, {}, file);
  const auto before = ParseSafetensors(*ReadFile(file));
  const auto after = ParseSafetensors(
      *ReadFile(absl::StrCat(ScratchFolder(), "/", run.finished(0).artifacts(0).path())));
  EXPECT_TRUE(after->at("conv1.weight").equal(before->at("conv1.weight")));
  EXPECT_FALSE(after->at("layer1.0.conv1.weight").equal(before->at("layer1.0.conv1.weight")));
  const auto table = ReadFile(ScratchFolder() + "/selected/transfer.tsv");
  EXPECT_THAT(*table, testing::HasSubstr("\nconv1.weight\t4x1x3x3x3\tloaded\t\tyes\t"));
}

TEST(TransferTest, WeightsThatDoNotFitEndTheAttemptWithTheirSource) {
  v1::TrialSpec trial = SmallTrial(4, 2);
  const std::string file = WeightsFileOf(trial);
  trial.mutable_init()->set_weights("theirs.pt");
  trial.mutable_model()->mutable_resnet3d()->set_width(8);
  const TrainedRun run = TrainSmall(trial, 1, SumOrder::kTree, {}, file);
  EXPECT_EQ(run.ranks[0].status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(run.ranks[0].status.message()),
              testing::HasSubstr("theirs.pt: the weights do not fit"));
}

}  // namespace
}  // namespace gyrus

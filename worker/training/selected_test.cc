#include "worker/training/selected.h"

#include <string>
#include <vector>

#include "common/digest.h"
#include "common/files.h"
#include "common/testing/test_folder.h"
#include "core/evaluate/predictions.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

v1::Checkpoint Head(uint32_t epoch) {
  v1::Checkpoint head;
  head.set_epoch(epoch);
  head.set_step(12);
  head.set_validation_loss(2.5);
  head.mutable_trial()->mutable_task()->mutable_regression()->set_target("age");
  return head;
}

v1::Prediction Prediction(const std::string& item, double target, double prediction) {
  v1::Prediction p;
  p.set_item(item);
  p.set_target(target);
  p.set_prediction(prediction);
  return p;
}

const NamedTensors& Weights() {
  static const NamedTensors weights = {{"conv1.weight", torch::full({3, 2}, 0.5F)}};
  return weights;
}

WeightsToWrite WeightsAt(uint32_t epoch) {
  return {.tensors = Weights(), .device = CpuDevice(), .head = Head(epoch)};
}

TEST(WriteSelectedTest, TellsOfThreeFilesAsTheyAre) {
  const TestFolder folder;
  const auto artifacts =
      WriteSelected(folder.path(), WeightsAt(3), {Prediction("c/b/1", 4, 4.25)}, {});
  ASSERT_TRUE(artifacts.ok()) << artifacts.status();
  ASSERT_EQ(artifacts->size(), 3);
  EXPECT_EQ(artifacts->at(0).kind(), v1::ARTIFACT_KIND_WEIGHTS);
  EXPECT_EQ(artifacts->at(0).path(), "selected/weights.safetensors");
  EXPECT_EQ(artifacts->at(1).kind(), v1::ARTIFACT_KIND_CHECKPOINT);
  EXPECT_EQ(artifacts->at(1).path(), "selected/checkpoint.pb");
  EXPECT_EQ(artifacts->at(2).kind(), v1::ARTIFACT_KIND_PREDICTIONS);
  EXPECT_EQ(artifacts->at(2).path(), "selected/predictions.tsv");
  for (const v1::Artifact& artifact : *artifacts) {
    const auto bytes = ReadFile(folder.In(artifact.path()));
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    EXPECT_EQ(artifact.bytes(), bytes->size()) << artifact.path();
    EXPECT_EQ(Hex(artifact.sha256()), Hex(Sha256Of(*bytes))) << artifact.path();
  }
}

TEST(WriteSelectedTest, TheCheckpointNamesItsWeights) {
  const TestFolder folder;
  ASSERT_TRUE(WriteSelected(folder.path(), WeightsAt(3), {}, {}).ok());
  v1::Checkpoint head;
  ASSERT_TRUE(head.ParseFromString(*ReadFile(folder.In("selected/checkpoint.pb"))));
  const std::string weights = *ReadFile(folder.In("selected/weights.safetensors"));
  EXPECT_EQ(Hex(head.weights_sha256()), Hex(Sha256Of(weights)));
  const auto tensors = ParseSafetensors(weights);
  ASSERT_TRUE(tensors.ok()) << tensors.status();
  EXPECT_TRUE(tensors->at("conv1.weight").equal(Weights().at("conv1.weight")));
  head.clear_weights_sha256();
  EXPECT_EQ(head.SerializeAsString(), Head(3).SerializeAsString());
}

TEST(WriteSelectedTest, PredictionsAreSortedByItem) {
  const TestFolder folder;
  const std::vector<v1::Prediction> test = {Prediction("c/b/1", 4, 4.25),
                                            Prediction("c/a/1", 3.1, -0.5)};
  ASSERT_TRUE(WriteSelected(folder.path(), WeightsAt(3), test, {}).ok());
  EXPECT_EQ(*ReadFile(folder.In("selected/predictions.tsv")),
            "item\ttarget\tprediction\nc/a/1\t3.1\t-0.5\nc/b/1\t4\t4.25\n");
}

TEST(WriteSelectedTest, AnItemPredictedTwiceIsAnError) {
  const TestFolder folder;
  const std::vector<v1::Prediction> test(2, Prediction("c/b/1", 4, 4.25));
  EXPECT_EQ(WriteSelected(folder.path(), WeightsAt(3), test, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(WriteSelectedTest, AFolderInTheWayIsAStatus) {
  const TestFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.In("selected"), "a file").ok());
  EXPECT_FALSE(WriteSelected(folder.path(), WeightsAt(3), {}, {}).ok());
}

TEST(WriteSelectedTest, ExternalPredictionsAreAFileOfTheirOwn) {
  const TestFolder folder;
  const auto artifacts = WriteSelected(folder.path(), WeightsAt(3), {Prediction("c/b/1", 4, 4.25)},
                                       {Prediction("d/e/1", 5, 5.5)});
  ASSERT_TRUE(artifacts.ok()) << artifacts.status();
  ASSERT_EQ(artifacts->size(), 4);
  EXPECT_EQ(artifacts->at(3).kind(), v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS);
  const auto text = ReadFile(folder.In(artifacts->at(3).path()));
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(Hex(artifacts->at(3).sha256()), Hex(Sha256Of(*text)));
  EXPECT_EQ(*text, "item\ttarget\tprediction\nd/e/1\t5\t5.5\n");
}

TEST(WriteLastFiniteTest, WritesWeightsAndTheirCheckpoint) {
  const TestFolder folder;
  const auto artifacts = WriteLastFinite(folder.path(), WeightsAt(3));
  ASSERT_TRUE(artifacts.ok()) << artifacts.status();
  ASSERT_EQ(artifacts->size(), 2);
  EXPECT_EQ(artifacts->at(0).kind(), v1::ARTIFACT_KIND_WEIGHTS);
  EXPECT_EQ(artifacts->at(0).path(), "last_finite/weights.safetensors");
  EXPECT_EQ(artifacts->at(1).path(), "last_finite/checkpoint.pb");
  v1::Checkpoint head;
  ASSERT_TRUE(head.ParseFromString(*ReadFile(folder.In("last_finite/checkpoint.pb"))));
  EXPECT_EQ(head.epoch(), 3);
  EXPECT_EQ(Hex(head.weights_sha256()), Hex(artifacts->at(0).sha256()));
}

}  // namespace
}  // namespace gyrus

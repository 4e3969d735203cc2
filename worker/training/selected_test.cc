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

void PutWeights(const TestFolder& folder, const std::string& checkpoint, const std::string& bytes) {
  ASSERT_TRUE(MakeFolders(folder.In("checkpoints/" + checkpoint)).ok());
  ASSERT_TRUE(
      WriteFileAtomically(folder.In("checkpoints/" + checkpoint + "/weights.safetensors"), bytes)
          .ok());
}

TEST(WriteSelectedTest, TellsOfThreeFilesAsTheyAre) {
  const TestFolder folder;
  PutWeights(folder, "epoch-0003", "the third");
  PutWeights(folder, "epoch-0004", "the fourth");
  const auto artifacts = WriteSelected(folder.path(), Head(3), {Prediction("c/b/1", 4, 4.25)}, {});
  ASSERT_TRUE(artifacts.ok()) << artifacts.status();
  ASSERT_EQ(artifacts->size(), 3);
  EXPECT_EQ(artifacts->at(0).kind(), v1::ARTIFACT_KIND_WEIGHTS);
  EXPECT_EQ(artifacts->at(0).path(), "checkpoints/epoch-0003/weights.safetensors");
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
  PutWeights(folder, "epoch-0003", "the third");
  ASSERT_TRUE(WriteSelected(folder.path(), Head(3), {}, {}).ok());
  v1::Checkpoint head;
  ASSERT_TRUE(head.ParseFromString(*ReadFile(folder.In("selected/checkpoint.pb"))));
  EXPECT_EQ(head.weights_sha256(), Sha256Of("the third"));
  head.clear_weights_sha256();
  EXPECT_EQ(head.SerializeAsString(), Head(3).SerializeAsString());
}

TEST(WriteSelectedTest, PredictionsAreSortedByItem) {
  const TestFolder folder;
  PutWeights(folder, "epoch-0003", "the third");
  const std::vector<v1::Prediction> test = {Prediction("c/b/1", 4, 4.25),
                                            Prediction("c/a/1", 3.1, -0.5)};
  ASSERT_TRUE(WriteSelected(folder.path(), Head(3), test, {}).ok());
  EXPECT_EQ(*ReadFile(folder.In("selected/predictions.tsv")),
            "item\ttarget\tprediction\nc/a/1\t3.1\t-0.5\nc/b/1\t4\t4.25\n");
}

TEST(WriteSelectedTest, WeightsThatAreNotThereAreAnError) {
  const TestFolder folder;
  PutWeights(folder, "epoch-0004", "the fourth");
  EXPECT_EQ(WriteSelected(folder.path(), Head(3), {}, {}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(WriteSelectedTest, AnItemPredictedTwiceIsAnError) {
  const TestFolder folder;
  PutWeights(folder, "epoch-0003", "the third");
  const std::vector<v1::Prediction> test(2, Prediction("c/b/1", 4, 4.25));
  EXPECT_EQ(WriteSelected(folder.path(), Head(3), test, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(WriteSelectedTest, AFolderInTheWayIsAStatus) {
  const TestFolder folder;
  PutWeights(folder, "epoch-0003", "the third");
  ASSERT_TRUE(WriteFileAtomically(folder.In("selected"), "a file").ok());
  EXPECT_FALSE(WriteSelected(folder.path(), Head(3), {}, {}).ok());
}

TEST(WriteSelectedTest, ExternalPredictionsAreAFileOfTheirOwn) {
  const TestFolder folder;
  PutWeights(folder, "epoch-0003", "the third");
  const auto artifacts = WriteSelected(folder.path(), Head(3), {Prediction("c/b/1", 4, 4.25)},
                                       {Prediction("d/e/1", 5, 5.5)});
  ASSERT_TRUE(artifacts.ok()) << artifacts.status();
  ASSERT_EQ(artifacts->size(), 4);
  EXPECT_EQ(artifacts->at(3).kind(), v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS);
  const auto text = ReadFile(folder.In(artifacts->at(3).path()));
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(Hex(artifacts->at(3).sha256()), Hex(Sha256Of(*text)));
  EXPECT_EQ(*text, "item\ttarget\tprediction\nd/e/1\t5\t5.5\n");
}

TEST(WriteLastFiniteTest, IsOfTheNewestWholeCheckpoint) {
  const TestFolder folder;
  EXPECT_TRUE(WriteLastFinite(folder.path())->empty());
  PutWeights(folder, "epoch-9999", "of epoch 9,999");
  PutWeights(folder, "epoch-10000", "of epoch 10,000");
  PutWeights(folder, "epoch-10001.tmp", "half");
  v1::Checkpoint head = Head(10000);
  head.set_optimizer_xxh3("of a file that is not kept");
  ASSERT_TRUE(WriteFileAtomically(folder.In("checkpoints/epoch-10000/checkpoint.pb"),
                                  head.SerializeAsString())
                  .ok());
  const auto last = WriteLastFinite(folder.path());
  ASSERT_TRUE(last.ok()) << last.status();
  ASSERT_EQ(last->size(), 2);
  EXPECT_EQ(last->at(0).kind(), v1::ARTIFACT_KIND_WEIGHTS);
  EXPECT_EQ(Hex(last->at(0).sha256()), Hex(Sha256Of("of epoch 10,000")));
  EXPECT_EQ(last->at(1).kind(), v1::ARTIFACT_KIND_CHECKPOINT);
  const auto facts = ReadFile(folder.In(last->at(1).path()));
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(Hex(last->at(1).sha256()), Hex(Sha256Of(*facts)));
  v1::Checkpoint read;
  ASSERT_TRUE(read.ParseFromString(*facts));
  EXPECT_EQ(read.epoch(), 10000);
  EXPECT_EQ(Hex(read.weights_sha256()), Hex(Sha256Of("of epoch 10,000")));
  EXPECT_TRUE(read.optimizer_xxh3().empty());
}

}  // namespace
}  // namespace gyrus

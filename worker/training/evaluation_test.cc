#include "worker/training/evaluation.h"

#include <deque>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/collective/local_collective.h"

namespace gyrus {
namespace {

using ::testing::HasSubstr;

// Predicts the first voxel.
class FirstVoxel final : public Network {
 public:
  FirstVoxel() : Network(Graph()) {}
  Outputs Forward(torch::Tensor volumes, torch::Tensor) override {
    return {.numbers = volumes.flatten(1).narrow(1, 0, 1)};
  }
};

class VoxelSource final : public ItemSource {
 public:
  explicit VoxelSource(std::deque<float> voxels) : voxels_(std::move(voxels)) {}
  void Queue(v1::Purpose, uint32_t, std::vector<uint32_t>) override {}
  void Drop() override {}
  absl::StatusOr<LoadedItem> Next() override {
    if (voxels_.empty()) return absl::UnavailableError("no loader");
    LoadedItem item;
    item.volume = torch::full({1, 2, 2, 2}, voxels_.front());
    voxels_.pop_front();
    return item;
  }

 private:
  std::deque<float> voxels_;
};

v1::TrialSpec Trial() {
  v1::TrialSpec trial;
  trial.mutable_task()->mutable_regression()->set_loss(v1::LOSS_L1);
  trial.mutable_train()->set_leaf(2);
  trial.set_output_scale(2);
  trial.set_output_offset(10);
  for (const char* id : {"b", "a", "c"}) {
    v1::Item& item = *trial.add_test_items();
    item.set_id(id);
    item.set_target(11);
  }
  return trial;
}

absl::StatusOr<std::vector<v1::Prediction>> Predict(const std::deque<float>& voxels) {
  FirstVoxel network;
  VoxelSource source(voxels);
  const auto group = MakeLocalGroup(1);
  const v1::TrialSpec trial = Trial();
  return PredictAll(network, Objective(trial, network.graph()), trial, trial.test_items(), source,
                    *group[0]);
}

TEST(PredictAllTest, GivesEachItemItsPredictionInTargetUnits) {
  const auto predictions = Predict({1, -2, 0.25});
  ASSERT_TRUE(predictions.ok()) << predictions.status();
  ASSERT_EQ(predictions->size(), 3);
  EXPECT_EQ(predictions->at(0).item(), "b");
  EXPECT_EQ(predictions->at(0).target(), 11);
  EXPECT_EQ(predictions->at(0).prediction(), 12);
  EXPECT_EQ(predictions->at(1).item(), "a");
  EXPECT_EQ(predictions->at(1).prediction(), 6);
  EXPECT_EQ(predictions->at(2).item(), "c");
  EXPECT_EQ(predictions->at(2).prediction(), 10.5);
}

TEST(PredictAllTest, APredictionThatIsNotFiniteNamesItsItem) {
  for (const float voxel :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const absl::Status status = Predict({1, voxel, 2}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_THAT(std::string(status.message()), HasSubstr("prediction of a is"));
  }
}

TEST(PredictAllTest, ErrorsOfTheSourceAreItsErrors) {
  EXPECT_EQ(Predict({1, 2}).status(), absl::UnavailableError("no loader"));
}

TEST(MeanLossTest, IsTheMeanOfThoseThatHaveOne) {
  auto predictions = Predict({1, -2, 0.25});  // Errors 1, -5, -0.5.
  ASSERT_TRUE(predictions.ok()) << predictions.status();
  EXPECT_DOUBLE_EQ(MeanLoss(*predictions).value(), 6.5 / 3);
  predictions->at(1).clear_loss();
  EXPECT_DOUBLE_EQ(MeanLoss(*predictions).value(), 0.75);
  EXPECT_FALSE(MeanLoss({}).has_value());
}

}  // namespace
}  // namespace gyrus

#include "models/objective.h"

#include <torch/utils.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/loss.h"
#include "models/testing/model_fixture.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
const Shape kInput = {2, 16, 16, 16};
constexpr char kUNet[] = "unet3d { features: [4, 8] }";
// White matter is 3 and 4 of the label image.
constexpr char kSegmentation[] =
    "segmentation { labels: 'l' classes { name: 'wm' values: [3, 4] } classes { name: 'gm' values: "
    "2 } } ";

v1::TrialSpec TrialOf(const std::string& task) {
  v1::TrialSpec trial;
  *trial.mutable_task() = TaskOf(task);
  trial.set_output_scale(10);
  trial.set_output_offset(50);
  return trial;
}

// The outputs of a network for two items, and their targets.
struct Said {
  std::shared_ptr<Network> network;
  Objective objective;
  torch::Tensor volumes;
  Targets targets;
  Outputs outputs;

  torch::Tensor Losses() const { return objective.Losses(outputs, targets, volumes); }
};

Said Say(const v1::TrialSpec& trial, std::vector<float> numbers, const std::string& model = kUNet) {
  auto network = MakeNetwork(ModelOf(model), trial.task(), kInput);
  EXPECT_TRUE(network.ok()) << network.status();
  InitialiseWeights(**network, 1);
  const torch::Tensor volumes = torch::rand({2, 2, 16, 16, 16}, at::detail::createCPUGenerator(2));
  Said said = {*network, Objective(trial, (*network)->graph()), volumes, {}, {}};
  said.targets.numbers = torch::tensor(numbers);
  said.targets.labels = (volumes.select(1, 0) * 6).floor();
  said.outputs = (*network)->Forward(volumes);
  return said;
}

std::vector<float> Numbers(const torch::Tensor& tensor) {
  const torch::Tensor whole = tensor.detach().to(torch::kFloat32).contiguous();
  return {whole.const_data_ptr<float>(), whole.const_data_ptr<float>() + whole.numel()};
}

TEST(ObjectiveTest, ARegressionIsJudgedInTargetUnits) {
  const Said said = Say(TrialOf("regression { loss: LOSS_L1 }"), {40, 60});
  const std::vector<float> outputs = Numbers(said.outputs.numbers);
  EXPECT_THAT(Numbers(said.Losses()), ElementsAre(FloatNear(std::abs(10 * outputs[0] + 10), 1e-4),
                                                  FloatNear(std::abs(10 * outputs[1] - 10), 1e-4)));
}

TEST(ObjectiveTest, AnswersAreAddedByTheirWeights) {
  const std::string task = std::string("regression { loss: LOSS_L1 weight: 2 } ") +
                           "segmentation { labels: 'l' classes { name: 'wm' values: 3 } weight: 0 "
                           "} reconstruction { loss: LOSS_MSE weight: 0.5 }";
  const Said said = Say(TrialOf(task), {40, 60});
  const torch::Tensor image = ImageLoss(v1::LOSS_MSE, said.outputs.reconstruction, said.volumes);
  const torch::Tensor number =
      NumberLoss(v1::LOSS_L1, said.outputs.numbers.squeeze(1) * 10 + 50, said.targets.numbers);
  EXPECT_TRUE(said.Losses().allclose(2 * number + 0.5 * image));
}

TEST(ObjectiveTest, ALabelImageIsReadByTheValuesOfTheClasses) {
  const Said said = Say(TrialOf(kSegmentation), {kMissing, kMissing});
  torch::Tensor classes = torch::zeros({2, 16, 16, 16}, torch::kInt64);
  classes.masked_fill_(said.targets.labels.eq(3).logical_or(said.targets.labels.eq(4)), 1);
  classes.masked_fill_(said.targets.labels.eq(2), 2);
  EXPECT_TRUE(said.Losses().allclose(SegmentationLoss(said.outputs.segmentation, classes)));
}

TEST(ObjectiveTest, NetworksOfSlicesAreJudgedByTheirSlices) {
  const std::string task = std::string(kSegmentation) + "reconstruction { loss: LOSS_L1 }";
  Said said = Say(TrialOf(task), {kMissing, kMissing},
                  "unet2d { features: [4, 8] } slices { axis: 'y' from: 3 count: 4 }");
  const torch::Tensor before = said.Losses();
  const auto change = [&](torch::Tensor& images, int64_t first_axis, int64_t slice) {
    images = images.clone();
    images.select(first_axis + 1, slice).fill_(3);
  };
  change(said.targets.labels, 1, 2);  // y = 2 is not seen.
  change(said.volumes, 2, 7);
  EXPECT_TRUE(said.Losses().equal(before));
  Said other = said;
  change(other.targets.labels, 1, 3);
  EXPECT_FALSE(other.Losses().equal(before));
  change(said.volumes, 2, 6);
  EXPECT_FALSE(said.Losses().equal(before));
}

TEST(ObjectiveTest, UncertaintyWeighsEachAnswerByAParameterOfItsOwn) {
  const std::string task =
      "regression { loss: LOSS_L1 } reconstruction { loss: LOSS_L1 } weighting: "
      "WEIGHTING_UNCERTAINTY";
  const Said said = Say(TrialOf(task), {40, kMissing});
  torch::Tensor parameter = said.network->named_parameters()["weighting.log_variance"];
  {
    const torch::NoGradGuard no_gradient;
    parameter.copy_(torch::tensor({0.5f, -1.0f}));
  }
  const torch::Tensor image = ImageLoss(v1::LOSS_L1, said.outputs.reconstruction, said.volumes);
  const float number = std::abs(10 * Numbers(said.outputs.numbers)[0] + 10);
  const std::vector<float> losses = Numbers(said.Losses());
  const std::vector<float> images = Numbers(image);
  EXPECT_NEAR(losses[0], std::exp(-0.5) * number + 0.5 + std::exp(1.0) * images[0] - 1, 1e-3);
  // The second item has no number: neither error nor uncertainty of one.
  EXPECT_NEAR(losses[1], std::exp(1.0) * images[1] - 1, 1e-3);
  said.Losses().sum().backward();
  EXPECT_NEAR(parameter.grad()[0].item<float>(), 1 - std::exp(-0.5) * number, 1e-2);
}

v1::Prediction ScoreOf(const Said& said, int64_t item, std::optional<double> target) {
  v1::Item asked;
  asked.set_id("a");
  if (target.has_value()) asked.set_target(*target);
  const std::vector<float> scores =
      Numbers(said.objective.Scores(said.outputs, said.targets, said.volumes)[item]);
  EXPECT_EQ(scores.size(), said.objective.scores_per_item());
  return said.objective.ReadScores(asked, scores);
}

TEST(ScoresTest, SayWhatEachAnswerSays) {
  const std::string task =
      std::string(
          "classification { classes: ['a', 'b', 'c'] } reconstruction { loss: LOSS_MSE } ") +
      kSegmentation;
  const Said said = Say(TrialOf(task), {2, 1});
  const v1::Prediction p = ScoreOf(said, 0, 2);
  EXPECT_EQ(p.item(), "a");
  EXPECT_EQ(p.target(), 2);
  const std::vector<float> probabilities = Numbers(said.outputs.numbers.softmax(1)[0]);
  ASSERT_EQ(p.probabilities_size(), 3);
  for (int c = 0; c < 3; ++c) EXPECT_FLOAT_EQ(p.probabilities(c), probabilities[c]);
  EXPECT_EQ(p.prediction(), said.outputs.numbers[0].argmax().item<int64_t>());
  EXPECT_FLOAT_EQ(p.loss(), Numbers(said.Losses())[0]);
  ASSERT_EQ(p.segmentation_size(), 2);
  EXPECT_GE(p.segmentation(0).dice(), 0);
  EXPECT_FLOAT_EQ(p.reconstruction_error(),
                  Numbers(ImageLoss(v1::LOSS_L1, said.outputs.reconstruction, said.volumes))[0]);
}

TEST(ScoresTest, DiceCountsVoxelsAndIsAbsentWhereNeitherHasAny) {
  Said said = Say(TrialOf(kSegmentation), {kMissing, kMissing});
  said.outputs.segmentation = torch::zeros({2, 3, 16, 16, 16});
  said.outputs.segmentation.select(1, 0).fill_(1);           // Background,
  said.outputs.segmentation[0][1].narrow(0, 0, 8).fill_(2);  // but half is wm.
  said.targets.labels = torch::zeros({2, 16, 16, 16});
  said.targets.labels[0].narrow(0, 4, 4).fill_(4);  // A quarter is.
  const v1::Prediction first = ScoreOf(said, 0, std::nullopt);
  EXPECT_FLOAT_EQ(first.segmentation(0).dice(), 2 * 0.25 / (0.5 + 0.25));
  EXPECT_FALSE(first.segmentation(1).has_dice());
  EXPECT_FALSE(first.has_prediction());
  EXPECT_FALSE(first.has_target());
  EXPECT_FALSE(ScoreOf(said, 1, std::nullopt).segmentation(0).has_dice());
}

TEST(ScoresTest, SoftLabelsGiveTheirExpectation) {
  Said said = Say(TrialOf("soft_labels { from: 40 to: 44 bins: 4 sigma: 1 }"), {41, 42});
  said.outputs.numbers = torch::tensor({{0.0f, 0.0f, 0.0f, 0.0f}, {-99.0f, -99.0f, 0.0f, -99.0f}});
  EXPECT_FLOAT_EQ(ScoreOf(said, 0, 41).prediction(), 42);
  EXPECT_FLOAT_EQ(ScoreOf(said, 1, 42).prediction(), 42.5);
}

TEST(ScoresTest, AnItemOfWhichNothingIsKnownHasNoLoss) {
  const Said said = Say(TrialOf("regression { loss: LOSS_L1 }"), {40, kMissing});
  EXPECT_TRUE(ScoreOf(said, 0, 40).has_loss());
  EXPECT_FALSE(ScoreOf(said, 1, std::nullopt).has_loss());
  EXPECT_TRUE(ScoreOf(said, 1, std::nullopt).has_prediction());
}

}  // namespace
}  // namespace gyrus

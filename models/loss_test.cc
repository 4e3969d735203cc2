#include "models/loss.h"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

torch::Tensor Values(std::initializer_list<float> values) {
  return torch::tensor(std::vector<float>(values), torch::kFloat32);
}

std::vector<float> Numbers(const torch::Tensor& tensor) {
  const torch::Tensor whole = tensor.detach().to(torch::kFloat32).contiguous();
  return {whole.const_data_ptr<float>(), whole.const_data_ptr<float>() + whole.numel()};
}

// d sum of losses / d prediction.
template <typename Loss>
std::vector<float> Slopes(torch::Tensor prediction, Loss loss) {
  prediction.requires_grad_();
  loss(prediction).sum().backward();
  return Numbers(prediction.grad());
}

TEST(NumberLossTest, IsTheErrorOrItsSquare) {
  const torch::Tensor prediction = Values({3, -2, 4}), target = Values({1, 0.5, 4});
  EXPECT_THAT(Numbers(NumberLoss(v1::LOSS_L1, prediction, target)), ElementsAre(2, 2.5, 0));
  EXPECT_THAT(Numbers(NumberLoss(v1::LOSS_MSE, prediction, target)), ElementsAre(4, 6.25, 0));
  // None where the error is none.
  const auto slopes = [&](v1::Loss kind) {
    return Slopes(prediction.clone(),
                  [&](const torch::Tensor& x) { return NumberLoss(kind, x, target); });
  };
  EXPECT_THAT(slopes(v1::LOSS_L1), ElementsAre(1, -1, 0));
  EXPECT_THAT(slopes(v1::LOSS_MSE), ElementsAre(4, -5, 0));
}

TEST(NumberLossTest, ATargetThatIsNotKnownAddsNothing) {
  for (const v1::Loss kind : {v1::LOSS_L1, v1::LOSS_MSE}) {
    const torch::Tensor target = Values({kMissing, 1});
    EXPECT_EQ(Numbers(NumberLoss(kind, Values({5, 2}), target))[0], 0);
    EXPECT_EQ(Slopes(Values({5, 2}),
                     [&](const torch::Tensor& x) { return NumberLoss(kind, x, target); })[0],
              0);
  }
}

TEST(ClassLossTest, IsCrossEntropyTimesTheWeightOfTheClass) {
  const torch::Tensor logits = Values({0, 0, 0, 2, 0, 0}).reshape({2, 3});
  const auto losses = Numbers(ClassLoss(logits, Values({2, 0}), Values({10, 20, 30})));
  EXPECT_THAT(losses, ElementsAre(FloatNear(30 * std::log(3.0f), 1e-4),
                                  FloatNear(10 * std::log(1 + 2 * std::exp(-2.0f)), 1e-4)));
}

TEST(ClassLossTest, ATargetThatIsNotKnownAddsNothing) {
  const auto loss = [](const torch::Tensor& logits) {
    return ClassLoss(logits, Values({kMissing, 1}), Values({3, 4}));
  };
  EXPECT_EQ(Numbers(loss(Values({1, 2, 3, 4}).reshape({2, 2})))[0], 0);
  const auto slopes = Slopes(Values({1, 2, 3, 4}).reshape({2, 2}), loss);
  EXPECT_EQ(slopes[0], 0);
  EXPECT_EQ(slopes[1], 0);
  EXPECT_NE(slopes[2], 0);
}

TEST(SoftLabelsTest, AreTheNormalDistributionsPartInEachBin) {
  const SoftBins bins = {.from = 0, .to = 4, .count = 4, .sigma = 1};
  // The standard normal distribution function at 0.5, 1.5, 2.5.
  const float a = 0.69146246f, b = 0.93319280f, c = 0.99379033f;
  EXPECT_THAT(
      Numbers(SoftLabelsOf(Values({1.5}), bins)),
      ElementsAre(FloatNear(b - (1 - a) - (1 - b) + (1 - b) - (b - a), 1),
                  FloatNear(2 * a - 1, 1e-6), FloatNear(b - a, 1e-6), FloatNear(c - b, 1e-6)));
  EXPECT_THAT(SoftBins({.from = 42, .to = 82, .count = 40, .sigma = 1}).Centres().front(), 42.5);
  EXPECT_THAT(SoftBins({.from = 42, .to = 82, .count = 40, .sigma = 1}).Centres().back(), 81.5);
}

TEST(SoftLabelLossTest, IsLeastWhereTheAnswerIsTheLabel) {
  const SoftBins bins = {.from = 0, .to = 8, .count = 8, .sigma = 1};
  const torch::Tensor target = Values({4});
  const torch::Tensor label = SoftLabelsOf(target, bins);
  const float least = Numbers(SoftLabelLoss(label.log(), target, bins))[0];
  EXPECT_NEAR(least, 0, 1e-3);
  EXPECT_GT(Numbers(SoftLabelLoss(torch::zeros({1, 8}), target, bins))[0], 0.5);
  EXPECT_GT(Numbers(SoftLabelLoss(label.roll(1, 1).log(), target, bins))[0], 0.2);
}

TEST(SoftLabelLossTest, ATargetThatIsNotKnownAddsNothing) {
  const SoftBins bins = {.from = 0, .to = 3, .count = 3, .sigma = 1};
  const auto loss = [&](const torch::Tensor& logits) {
    return SoftLabelLoss(logits, Values({kMissing}), bins);
  };
  EXPECT_EQ(Numbers(loss(Values({1, 2, 3}).unsqueeze(0)))[0], 0);
  EXPECT_THAT(Slopes(Values({1, 2, 3}).unsqueeze(0), loss), ElementsAre(0, 0, 0));
}

// Makes a tensor of one item that has voxels only along x.
torch::Tensor Line(std::initializer_list<float> values) {
  return Values(values).reshape({1, static_cast<int64_t>(values.size()), 1, 1});
}

TEST(SegmentationLossTest, IsDiceOfTheClassesAndCrossEntropyOfTheVoxels) {
  // Probability of the class, voxel by voxel: 1/2, 1/2, 9/10, 1/5.
  const torch::Tensor odds = Line({1, 1, 9, 0.25}).log();
  const torch::Tensor logits = torch::stack({torch::zeros_like(odds), odds}, 1);
  const torch::Tensor labels = Line({1, 0, 1, 0}).to(torch::kInt64);
  const double dice = 2 * (0.5 + 0.9) / (2.1 + 2);
  const double entropy = -(std::log(0.5) + std::log(0.5) + std::log(0.9) + std::log(0.8)) / 4;
  EXPECT_NEAR(Numbers(SegmentationLoss(logits, labels))[0], 1 - dice + entropy, 1e-5);
}

TEST(SegmentationLossTest, AClassThatIsNotThereIsNoFaultWhereItIsNotSeen) {
  const torch::Tensor sure = Line({-30, -30});
  const torch::Tensor logits = torch::stack({torch::zeros_like(sure), sure}, 1);
  const torch::Tensor none = Line({0, 0}).to(torch::kInt64);
  EXPECT_NEAR(Numbers(SegmentationLoss(logits, none))[0], 0, 1e-5);
  EXPECT_GT(Numbers(SegmentationLoss(-logits, none))[0], 1);
}

TEST(SegmentationLossTest, ItemsDoNotMix) {
  const torch::Tensor logits = torch::rand({2, 3, 4, 3, 2}, at::detail::createCPUGenerator(1));
  const torch::Tensor labels = (logits.select(1, 0) * 3).to(torch::kInt64).clamp(0, 2);
  const auto together = Numbers(SegmentationLoss(logits, labels));
  for (int64_t i = 0; i < 2; ++i) {
    EXPECT_FLOAT_EQ(Numbers(SegmentationLoss(logits.narrow(0, i, 1), labels.narrow(0, i, 1)))[0],
                    together[i]);
  }
}

TEST(ImageLossTest, IsTheMeanOverVoxels) {
  const torch::Tensor image = Values({1, 2, 3, 4}).reshape({1, 2, 2, 1, 1});
  const torch::Tensor targets = Values({1, 0, 0, 4}).reshape({1, 2, 2, 1, 1});
  EXPECT_THAT(Numbers(ImageLoss(v1::LOSS_L1, image, targets)), ElementsAre(1.25));
  EXPECT_THAT(Numbers(ImageLoss(v1::LOSS_MSE, image, targets)), ElementsAre(3.25));
}

}  // namespace
}  // namespace gyrus

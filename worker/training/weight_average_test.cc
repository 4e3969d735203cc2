#include "worker/training/weight_average.h"

#include <torch/utils.h>

#include "gtest/gtest.h"
#include "worker/training/testing/network_fixture.h"

namespace gyrus {
namespace {

void Set(Network& network, float value) {
  const torch::NoGradGuard no_gradient;
  for (torch::Tensor& parameter : network.parameters()) parameter.fill_(value);
}

float Value(const Network& network) { return network.parameters()[0][0].item<float>(); }

TEST(WeightAverageTest, FollowsTheWeights) {
  ParametersAlone network({3, 2});
  Set(network, 1);
  WeightAverage average(network, 0.125);
  Set(network, 5);
  average.Add();
  Set(network, -3);
  average.Add();
  average.Swap();
  // 0.125 * (0.125 * 1 + 0.875 * 5) - 0.875 * 3
  EXPECT_FLOAT_EQ(Value(network), -2.0625f);
  EXPECT_FLOAT_EQ(average.Own().at("b")[1].item<float>(), -3);
}

TEST(WeightAverageTest, WhatDoesNotLearnStaysAsItIs) {
  ParametersAlone network({3, 2});
  Set(network, 0.1F);
  WeightAverage average(network, 0.999);
  for (int step = 0; step < 3000; ++step) average.Add();
  average.Swap();
  EXPECT_EQ(Value(network), 0.1F);
}

TEST(WeightAverageTest, GivesTheWeightsBack) {
  ParametersAlone network({3});
  Set(network, 1);
  WeightAverage average(network, 0.125);
  Set(network, 9);
  average.Add();
  for (int i = 0; i < 2; ++i) average.Swap();
  EXPECT_FLOAT_EQ(Value(network), 8);
  for (int i = 0; i < 2; ++i) average.Restore();
  EXPECT_FLOAT_EQ(Value(network), 9);
  // The average itself did not change while it was lent, and can be updated again.
  average.Add();
  average.Swap();
  EXPECT_FLOAT_EQ(Value(network), 8.875f);
}

TEST(WeightAverageTest, ForgetsTheFirstWeightsSoon) {
  ParametersAlone network({3});
  Set(network, 1);
  WeightAverage average(network, 0.999);
  Set(network, 0);
  float expected = 1;
  for (int n = 1; n <= 40; ++n) {
    average.Add();
    expected *= (1.0f + n) / (10 + n);
  }
  average.Swap();
  EXPECT_NEAR(Value(network), expected, 1e-6);
  EXPECT_LT(Value(network), 1e-3);
}

TEST(WeightAverageTest, LoadedElsewhereContinuesWithTheSameBits) {
  ParametersAlone network({3}), other({3});
  Set(network, 1);
  WeightAverage average(network, 0.9);
  Set(network, 5);
  average.Add();
  average.Swap();
  WeightAverage loaded(other, 0.9);
  ASSERT_TRUE(loaded.Load(average.Average(), average.steps()).ok());
  average.Restore();
  for (Network* const n : {static_cast<Network*>(&network), static_cast<Network*>(&other)}) {
    Set(*n, -0.3F);
  }
  average.Add();
  loaded.Add();
  average.Swap();
  loaded.Swap();
  EXPECT_EQ(Value(network), Value(other));
  ParametersAlone shorter({2});
  WeightAverage misfit(shorter, 0.9);
  EXPECT_EQ(misfit.Load(average.Average(), 1).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace gyrus

#include "worker/trainer/weight_average.h"

#include "gtest/gtest.h"
#include "worker/trainer/network_fixture.h"

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
  WeightAverage average(network, 0.75);
  Set(network, 5);
  average.Add();
  Set(network, -3);
  average.Add();
  average.Use();
  // 0.75 * (0.75 * 1 + 0.25 * 5) - 0.25 * 3
  EXPECT_FLOAT_EQ(Value(network), 0.75f);
  EXPECT_FLOAT_EQ(average.Raw().at("raw/b")[1].item<float>(), -3);
}

TEST(WeightAverageTest, GivesTheWeightsBack) {
  ParametersAlone network({3});
  Set(network, 1);
  WeightAverage average(network, 0.5);
  Set(network, 2);
  average.Add();
  for (int i = 0; i < 2; ++i) average.Use();
  EXPECT_FLOAT_EQ(Value(network), 1.5f);
  for (int i = 0; i < 2; ++i) average.PutBack();
  EXPECT_FLOAT_EQ(Value(network), 2);
  // What was lent was not changed, and goes on.
  average.Add();
  average.Use();
  EXPECT_FLOAT_EQ(Value(network), 1.75f);
}

}  // namespace
}  // namespace gyrus

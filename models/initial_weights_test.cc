#include "models/initial_weights.h"

#include <torch/utils.h>

#include <cmath>
#include <cstring>
#include <map>
#include <string>

#include "common/digest.h"
#include "common/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/testing/model_fixture.h"

namespace gyrus {
namespace {

std::string ResNet(uint32_t width) { return "resnet3d { width: " + std::to_string(width) + " }"; }

using Bits = std::map<std::string, std::string>;  // The bits of each parameter, by its name.

Bits BitsOf(const Network& network) {
  Bits bits;
  for (const auto& entry : network.named_parameters()) {
    const torch::Tensor& tensor = entry.value();
    bits[entry.key()].assign(static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes());
  }
  return bits;
}

std::shared_ptr<Network> Initialised(uint64_t seed, uint32_t width = 4, uint32_t channels = 1) {
  return InitialisedNetwork(ResNet(width), {channels, 40, 40, 40}, seed);
}

std::string DigestOf(const Bits& bits) {
  Sha256 digest;
  for (const auto& [name, bytes] : bits) digest.UpdateField(name).UpdateField(bytes);
  return Hex(digest.Finish());
}

TEST(InitialiseWeightsTest, IsAFunctionOfTheSeed) {
  torch::manual_seed(1);
  const Bits first = BitsOf(*Initialised(7));
  // Neither torch's own generator nor what the parameters held has a say.
  torch::manual_seed(2);
  const auto network = NetworkOf(ResNet(4), {1, 40, 40, 40});
  {
    const torch::NoGradGuard no_gradient;
    for (torch::Tensor& parameter : network->parameters()) parameter.fill_(3);
  }
  InitialiseWeights(*network, 7);
  EXPECT_EQ(BitsOf(*network), first);
}

TEST(InitialiseWeightsTest, AnotherSeedChangesEveryTensor) {
  const Bits seven = BitsOf(*Initialised(7));
  const Bits eight = BitsOf(*Initialised(8));
  ASSERT_EQ(seven.size(), 22);
  for (const auto& [name, bytes] : seven) EXPECT_NE(bytes, eight.at(name)) << name;
}

TEST(InitialiseWeightsTest, ATensorDoesNotDependOnTheOthers) {
  // Arms with other channels share all weights but those of the stem.
  Bits one = BitsOf(*Initialised(7, 4, 1));
  Bits two = BitsOf(*Initialised(7, 4, 2));
  EXPECT_NE(one.at("conv1.weight").size(), two.at("conv1.weight").size());
  one.erase("conv1.weight");
  two.erase("conv1.weight");
  EXPECT_EQ(one, two);
}

TEST(InitialiseWeightsTest, TensorsOfOneShapeDiffer) {
  const Bits bits = BitsOf(*Initialised(7));
  EXPECT_NE(bits.at("layer1.0.conv1.weight"), bits.at("layer1.0.conv2.weight"));
  EXPECT_NE(bits.at("layer1.0.conv1.weight"), bits.at("layer1.1.conv1.weight"));
}

TEST(InitialiseWeightsTest, IsUniformWithinTheBoundsOfItsLayer) {
  const auto network = Initialised(1, 16);
  for (const auto& entry : network->named_parameters()) {
    const torch::Tensor w = entry.value().detach().to(torch::kFloat64);
    const bool conv = w.dim() == 5;
    // He et al. for the convolutions; the head has 8 * 16 inputs.
    const double bound = conv ? std::sqrt(6.0 / (w.size(0) * w.size(2) * w.size(3) * w.size(4)))
                              : std::sqrt(1 / 128.0);
    EXPECT_LE(w.abs().max().item<double>(), static_cast<double>(static_cast<float>(bound)))
        << entry.key();
    const double n = static_cast<double>(w.numel());
    if (n < 100) continue;  // The head's one bias, and nothing to average.
    // The largest of n uniform numbers is expected 1/n of the range below its end; twelve
    // times that distance has a probability of e^-12. Mean and variance must be within
    // five standard errors.
    EXPECT_GE(w.max().item<double>(), bound * (1 - 24 / n)) << entry.key();
    EXPECT_LE(w.min().item<double>(), -bound * (1 - 24 / n)) << entry.key();
    EXPECT_NEAR(w.mean().item<double>() / bound, 0, 5 * std::sqrt(1 / (3 * n))) << entry.key();
    EXPECT_NEAR(w.square().mean().item<double>() / (bound * bound), 1 / 3.0,
                5 * std::sqrt(4 / (45 * n)))
        << entry.key();
  }
}

TEST(InitialiseWeightsTest, DrawsInTheOrderOfTheTensorFromAStreamOfItsName) {
  const auto network = Initialised(9);
  const torch::Tensor weight = network->named_parameters()["layer1.0.conv1.weight"];
  RandomStream random(9, "init/layer1.0.conv1.weight");
  const double bound = std::sqrt(6.0 / (4 * 27));
  for (int i = 0; i < weight.numel(); ++i) {
    const float expected = static_cast<float>(bound * (2 * random.NextUnit() - 1));
    ASSERT_EQ(weight.data_ptr<float>()[i], expected) << i;
  }
}

TEST(InitialiseWeightsTest, NormsBeginWithoutEffect) {
  const auto network =
      InitialisedNetwork("resnet3d { width: 4 norm: NORM_BATCH bias: true }", {1, 40, 40, 40});
  const auto parameters = network->named_parameters();
  const auto buffers = network->named_buffers();
  EXPECT_TRUE(parameters["layer1.0.bn1.weight"].eq(1).all().item<bool>());
  EXPECT_TRUE(parameters["layer1.0.bn1.bias"].eq(0).all().item<bool>());
  EXPECT_TRUE(parameters["layer1.0.conv1.bias"].eq(0).all().item<bool>());
  EXPECT_TRUE(buffers["layer1.0.bn1.running_mean"].eq(0).all().item<bool>());
  EXPECT_TRUE(buffers["layer1.0.bn1.running_var"].eq(1).all().item<bool>());
  EXPECT_EQ(buffers["layer1.0.bn1.num_batches_tracked"].item<int64_t>(), 0);
}

TEST(InitialiseWeightsTest, BatchNormMayHaveNoParameters) {
  const auto network =
      InitialisedNetwork("resnet3d { width: 4 norm: NORM_BATCH affine: false }", {1, 40, 40, 40});
  EXPECT_FALSE(network->named_parameters().contains("bn1.weight"));
  EXPECT_TRUE(network->named_buffers()["bn1.running_var"].eq(1).all().item<bool>());
}

TEST(InitialiseWeightsTest, AnLstmIsBoundByItsHiddenLength) {
  const auto network =
      InitialisedNetwork("slice_lstm { backbone { width: 4 } hidden: 16 }", {1, 40, 40, 8});
  int found = 0;
  for (const auto& entry : network->named_parameters()) {
    if (entry.key().rfind("lstm.", 0) != 0) continue;
    ++found;
    const float largest = entry.value().abs().max().item<float>();
    EXPECT_LE(largest, 0.25f) << entry.key();
    EXPECT_GT(largest, 0.2f) << entry.key();
  }
  EXPECT_EQ(found, 8);
}

TEST(InitialiseWeightsTest, StartsFromTheSameBitsAsEver) {
  // A fingerprint: a change here starts every experiment from other weights.
  EXPECT_EQ(DigestOf(BitsOf(*Initialised(1))),
            "134c7dd1141b9c4899e05968312da8846107c9628a549439c018032a4e29ce7d");
}

}  // namespace
}  // namespace gyrus

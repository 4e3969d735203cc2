#include "core/spec/network.h"

#include <numeric>

#include "absl/strings/match.h"
#include "core/spec/defaults.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::Model ResNet18() {
  v1::ExperimentSpec spec;
  FillDefaults(spec);
  return spec.model();
}

v1::NetworkCost CostAt(const std::vector<uint32_t>& shape, const v1::Model& model = ResNet18()) {
  const auto cost = NetworkCostOf(model, shape);
  EXPECT_TRUE(cost.ok()) << cost.status();
  return cost.value_or(v1::NetworkCost());
}

NetworkDescription DescriptionAt(const std::vector<uint32_t>& shape) {
  auto description = DescribeNetwork(ResNet18(), shape);
  EXPECT_TRUE(description.ok()) << description.status();
  return description.ok() ? *std::move(description) : NetworkDescription();
}

uint64_t ParametersOf(absl::string_view prefix) {
  uint64_t count = 0;
  for (const Layer& layer : DescriptionAt({1, 128, 160, 112}).layers) {
    for (const ParameterTensor& tensor : layer.parameters) {
      if (!absl::StartsWith(tensor.name, prefix)) continue;
      count += std::accumulate(tensor.shape.begin(), tensor.shape.end(), uint64_t{1},
                               std::multiplies<>());
    }
  }
  return count;
}

// SCIENCE.md, section 2: counted from the PyTorch module.
TEST(NetworkTest, CostsWhatTheModuleCosts) {
  const v1::NetworkCost cost = CostAt({1, 128, 160, 112});
  EXPECT_EQ(cost.parameters(), 33130689);
  EXPECT_NEAR(cost.macs() / 1e9, 28.8018, 5e-5);
  EXPECT_EQ(cost.parameter_bytes(), 4 * 33130689);
  EXPECT_NEAR(cost.parameter_bytes() / 1048576.0, 126.4, 0.05);
  EXPECT_NEAR(cost.activation_bytes() / 1048576.0, 364, 0.5);
  EXPECT_NEAR(CostAt({1, 33, 41, 25}).macs() / 1e9, 0.71, 5e-3);
  EXPECT_NEAR(CostAt({1, 48, 48, 48}).macs() / 1e9, 1.49, 5e-3);
  EXPECT_NEAR(CostAt({1, 64, 80, 56}).macs() / 1e9, 3.71, 5e-3);
}

TEST(NetworkTest, MoreChannelsCostTheStemAlone) {
  EXPECT_EQ(CostAt({2, 128, 160, 112}).parameters(), 33132417);
  EXPECT_NEAR(CostAt({2, 128, 160, 112}).macs() / 1e9, 29.2972, 5e-5);
  for (uint32_t channels = 1; channels <= 5; ++channels) {
    EXPECT_EQ(CostAt({channels, 40, 40, 40}).parameters(), 33130689 + 1728 * (channels - 1));
  }
}

TEST(NetworkTest, StagesFollowTheirClosedForms) {
  EXPECT_EQ(ParametersOf("conv1"), 64 * 27);
  EXPECT_EQ(ParametersOf("layer1"), 442368);
  EXPECT_EQ(ParametersOf("layer2"), 1556480);
  EXPECT_EQ(ParametersOf("layer3"), 6225920);
  EXPECT_EQ(ParametersOf("layer4"), 24903680);
  EXPECT_EQ(ParametersOf("fc"), 513);
}

TEST(NetworkTest, ParametersDoNotDependOnTheInput) {
  for (uint32_t x = 33; x < 200; x += 29) {
    EXPECT_EQ(CostAt({1, x, 7, 1 + x / 2}).parameters(), 33130689);
  }
}

TEST(NetworkTest, HalfTheWidthIsAQuarterOfTheConvolutions) {
  v1::Model narrow = ResNet18();
  narrow.mutable_resnet3d()->set_width(32);
  const uint64_t inner = 442368 + 1556480 + 6225920 + 24903680;
  EXPECT_EQ(CostAt({1, 40, 40, 40}, narrow).parameters(), 32 * 27 + inner / 4 + 257);
}

TEST(NetworkTest, ParametersAreNamedAndShapedAsInPyTorch) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<uint32_t>> shapes;
  for (const Layer& layer : DescriptionAt({2, 40, 40, 40}).layers) {
    for (const ParameterTensor& tensor : layer.parameters) {
      names.push_back(tensor.name);
      shapes[tensor.name] = tensor.shape;
    }
  }
  EXPECT_THAT(
      names,
      ElementsAre("conv1.weight", "layer1.0.conv1.weight", "layer1.0.conv2.weight",
                  "layer1.1.conv1.weight", "layer1.1.conv2.weight", "layer2.0.conv1.weight",
                  "layer2.0.conv2.weight", "layer2.0.downsample.0.weight", "layer2.1.conv1.weight",
                  "layer2.1.conv2.weight", "layer3.0.conv1.weight", "layer3.0.conv2.weight",
                  "layer3.0.downsample.0.weight", "layer3.1.conv1.weight", "layer3.1.conv2.weight",
                  "layer4.0.conv1.weight", "layer4.0.conv2.weight", "layer4.0.downsample.0.weight",
                  "layer4.1.conv1.weight", "layer4.1.conv2.weight", "fc.weight", "fc.bias"));
  EXPECT_THAT(shapes["conv1.weight"], ElementsAre(64, 2, 3, 3, 3));
  EXPECT_THAT(shapes["layer2.0.conv1.weight"], ElementsAre(128, 64, 3, 3, 3));
  EXPECT_THAT(shapes["layer2.0.downsample.0.weight"], ElementsAre(128, 64, 1, 1, 1));
  EXPECT_THAT(shapes["fc.weight"], ElementsAre(1, 512));
  EXPECT_THAT(shapes["fc.bias"], ElementsAre(1));
}

TEST(NetworkTest, ShapesShrinkAsInPyTorch) {
  std::map<std::string, std::vector<uint32_t>> shapes;
  for (const Layer& layer : DescriptionAt({1, 128, 160, 112}).layers) {
    shapes[layer.name] = layer.output_shape;
  }
  EXPECT_THAT(shapes["conv1"], ElementsAre(64, 64, 80, 56));
  EXPECT_THAT(shapes["maxpool"], ElementsAre(64, 32, 40, 28));
  EXPECT_THAT(shapes["layer1.1.relu2"], ElementsAre(64, 32, 40, 28));
  EXPECT_THAT(shapes["layer2.0.downsample.0"], ElementsAre(128, 16, 20, 14));
  EXPECT_THAT(shapes["layer3.1.conv2"], ElementsAre(256, 8, 10, 7));
  EXPECT_THAT(shapes["layer4.1.bn2"], ElementsAre(512, 4, 5, 4));
  EXPECT_THAT(shapes["avgpool"], ElementsAre(512));
  EXPECT_THAT(shapes["fc"], ElementsAre(1));
}

TEST(NetworkTest, RefusesInputsWhoseLastMapIsOneVoxel) {
  const auto small = DescribeNetwork(ResNet18(), {1, 32, 32, 32});
  EXPECT_EQ(small.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(small.status().message(),
            "input 32x32x32 is too small for resnet3d: the feature maps of its last stage would be "
            "one voxel, which instance norm cannot normalise; at least one axis needs 33 voxels or "
            "more");
  EXPECT_TRUE(DescribeNetwork(ResNet18(), {1, 33, 41, 25}).ok());
  EXPECT_TRUE(DescribeNetwork(ResNet18(), {1, 1, 1, 33}).ok());
  EXPECT_FALSE(DescribeNetwork(ResNet18(), {40, 1, 32, 1}).ok());
}

TEST(NetworkTest, TheSmallestInputIsTakenAndNoSmaller) {
  const v1::NetworkCost cost = CostAt({1, 64, 80, 56});
  std::vector<uint32_t> shape = {1};
  shape.insert(shape.end(), cost.smallest_input().begin(), cost.smallest_input().end());
  EXPECT_TRUE(NetworkCostOf(ResNet18(), shape).ok());
  // The last stage is one voxel for exactly the inputs that are refused.
  for (uint32_t x : {1, 31, 32, 33, 34}) {
    for (uint32_t y : {1, 32, 33}) {
      const auto description = DescribeNetwork(ResNet18(), {1, x, y, 1});
      EXPECT_EQ(description.ok(), x > 32 || y > 32);
      if (!description.ok()) continue;
      for (const Layer& layer : description->layers) {
        if (layer.kind != "instance_norm") continue;
        EXPECT_GT(layer.output_shape[1] * layer.output_shape[2], 1) << layer.name;
      }
    }
  }
}

TEST(NetworkTest, RefusesWhatIsNoInputOrNoModel) {
  for (const std::vector<uint32_t>& shape : std::vector<std::vector<uint32_t>>{
           {}, {1, 40, 40}, {0, 40, 40, 40}, {1, 40, 0, 40}, {1, 40, 40, 40, 40}}) {
    EXPECT_THAT(NetworkCostOf(ResNet18(), shape).status().message(),
                HasSubstr("is not channels, x, y and z"));
  }
  EXPECT_THAT(NetworkCostOf(ResNet18(), {1, 4294967295, 4294967295, 4294967295}).status().message(),
              HasSubstr("more than 2^31 voxels"));
  v1::Model deep = ResNet18();
  deep.mutable_resnet3d()->set_depth(34);
  EXPECT_EQ(NetworkCostOf(deep, {1, 40, 40, 40}).status().message(),
            "model.resnet3d.depth: depth 34 is not there; there is 18");
  EXPECT_FALSE(NetworkCostOf(v1::Model(), {1, 40, 40, 40}).ok());
}

}  // namespace
}  // namespace gyrus

#include "core/network/decoder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/network/default_model.h"
#include "core/network/resnet.h"
#include "core/network/unet.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::HasSubstr;

// The networks of the studies, with a head of 1x1 at each of `heads` levels.
v1::NetworkCost CostWithHeads(std::vector<NodeId> levels, size_t heads, uint32_t classes, bool bias,
                              GraphBuilder builder) {
  for (size_t i = levels.size() - heads; i < levels.size(); ++i) {
    builder.Conv(levels[i], absl::StrCat("head.", i),
                 {.channels = classes, .kernel = 1, .bias = bias});
  }
  auto graph = std::move(builder).Finish({});
  EXPECT_TRUE(graph.ok()) << graph.status();
  return graph.ok() ? CostOf(*graph) : v1::NetworkCost();
}

std::vector<DecoderLevel> Mirror(const std::vector<NodeId>& stages, const GraphBuilder& builder) {
  std::vector<DecoderLevel> levels;
  for (size_t i = stages.size() - 1; i > 0; --i) {
    levels.push_back({.skip = stages[i - 1], .channels = builder.ChannelsOf(stages[i - 1])});
  }
  return levels;
}

v1::NetworkCost NnUNet(v1::Model model, const Shape& input, uint32_t classes, bool second_version) {
  FillModel(model);
  GraphBuilder builder(input);
  const bool volume = model.has_unet3d();
  const NodeId x = volume ? builder.input() : builder.Slices(builder.input(), "slices", 2, 0, 1);
  const auto stages = AddUNetEncoder(volume ? model.unet3d() : model.unet2d(), x, builder);
  const auto levels = AddDecoder(stages.back(), Mirror(stages, builder),
                                 {.conv_bias = true,
                                  .transposed_bias = second_version,
                                  .norm = {.affine = true},
                                  .leaky_slope = 0.01},
                                 builder);
  return CostWithHeads(levels, levels.size(), classes, second_version, std::move(builder));
}

TEST(DecoderTest, NnUNetHasItsPublishedParameters) {
  v1::Model volumes, slices;
  volumes.mutable_unet3d();
  slices.mutable_unet2d();
  const Shape cube = {4, 128, 128, 128};
  EXPECT_EQ(NnUNet(volumes, cube, 4, false).parameters(), 31198976);
  EXPECT_NEAR(NnUNet(volumes, cube, 4, false).macs() / 1e9, 482.8904, 5.1e-5);
  EXPECT_EQ(NnUNet(volumes, {1, 128, 128, 128}, 2, false).parameters(), 31194784);
  EXPECT_EQ(NnUNet(volumes, cube, 4, true).parameters(), 31199796);
  EXPECT_EQ(NnUNet(volumes, cube, 3, true).parameters(), 31198991);
  EXPECT_EQ(NnUNet(volumes, {2, 128, 128, 128}, 2, true).parameters(), 31196458);
  EXPECT_EQ(NnUNet(volumes, {1, 128, 160, 128}, 2, true).parameters(), 31195594);
  EXPECT_NEAR(NnUNet(volumes, {1, 128, 160, 128}, 2, true).macs() / 1e9, 596.5949, 5.1e-5);
  EXPECT_EQ(NnUNet(slices, {4, 192, 160, 1}, 4, false).parameters(), 18672576);
  EXPECT_NEAR(NnUNet(slices, {4, 192, 160, 1}, 4, false).macs() / 1e9, 6.5253, 5.1e-5);
}

// The study S1: ResNet-50 behind an adapter, one convolution a level.
v1::NetworkCost ResUNet(uint32_t x, uint32_t y) {
  v1::Model model;
  v1::ResNet& resnet = *model.mutable_resnet2d();
  resnet.set_depth(50);
  resnet.set_norm(v1::NORM_BATCH);
  FillModel(model);
  GraphBuilder builder({4, x, y, 1});
  const NodeId slice = builder.Slices(builder.input(), "slices", 2, 0, 1);
  const NodeId colour = builder.Conv(slice, "adapter", {.channels = 3, .kernel = 1, .bias = true});
  const ResNetFeatures features = AddResNet(resnet, colour, "", builder);
  const auto& stages = features.stages;
  const NodeId pooled = builder.MaxPool(features.stem, "again", 3, 2, 1);
  const auto levels =
      AddDecoder(stages[3],
                 {{.skip = stages[2], .channels = 1024},
                  {.skip = stages[1], .channels = 512},
                  {.skip = stages[0], .channels = 256},
                  {.skip = pooled, .channels = 64, .stride = 1, .kernel = 7},
                  {.skip = colour, .channels = 3, .stride = 4, .kernel = 1}},
                 {.convs = 1, .conv_bias = true, .norm = {.affine = true}}, builder);
  return CostWithHeads(levels, levels.size(), 4, false, std::move(builder));
}

TEST(DecoderTest, ResUNetHasItsPublishedParameters) {
  EXPECT_EQ(ResUNet(96, 96).parameters(), 59724598);
  EXPECT_EQ(ResUNet(96, 96).buffers(), 53173);
  EXPECT_NEAR(ResUNet(96, 96).macs() / 1e9, 3.2596, 5.1e-5);
  EXPECT_NEAR(ResUNet(192, 160).macs() / 1e9, 10.8654, 5.1e-5);
}

TEST(DecoderTest, RefusesAnInputThatCannotBeHalvedAsOften) {
  v1::Model model;
  model.mutable_unet3d();
  FillModel(model);
  GraphBuilder builder({1, 128, 160, 112});
  const auto stages = AddUNetEncoder(model.unet3d(), builder.input(), builder);
  AddDecoder(stages.back(), Mirror(stages, builder), {}, builder);
  EXPECT_THAT(std::move(builder).Finish({}).status().message(),
              HasSubstr("decoder.0.concat: joins maps of 320x8x10x8 and 320x8x10x7"));
}

}  // namespace
}  // namespace gyrus

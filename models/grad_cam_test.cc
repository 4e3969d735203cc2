#include "models/grad_cam.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/testing/model_fixture.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

struct Case {
  std::shared_ptr<Network> network;
  v1::TrialSpec trial;
  torch::Tensor volume;
};

Case CaseOf(const std::string& model, const Shape& input, const std::string& task) {
  Case c = {.network = InitialisedNetwork(model, input, 3, task), .trial = {}, .volume = {}};
  *c.trial.mutable_task() = TaskOf(task);
  c.trial.set_output_scale(12.5);
  c.trial.set_output_offset(40);
  c.network->eval();
  c.volume =
      torch::rand({input[0], input[1], input[2], input[3]}, at::detail::createCPUGenerator(7));
  return c;
}

absl::StatusOr<GradCam> CamOf(const Case& c, const GradCamOptions& options = {}) {
  return ComputeGradCam(*c.network, Objective(c.trial, c.network->graph()), c.volume, {}, options);
}

torch::Tensor Parameter(const Network& network, const std::string& name) {
  return network.named_parameters()[name];
}

// With a pooled linear head, the map of the pooled layer adds up to the output without
// its bias, and the interpolation to the volume's grid keeps its mean.
TEST(GradCamTest, AddsUpToTheAnswer) {
  for (const char* const model :
       {"resnet3d { width: 4 }", "resnet2d { width: 4 } slices { axis: 'z' }",
        "unet3d { features: [4, 8, 8] }"}) {
    const Case c = CaseOf(model, {1, 64, 64, 64}, "regression {}");
    const auto cam = CamOf(c);
    ASSERT_TRUE(cam.ok()) << model << ": " << cam.status();
    const double bias = 40 + 12.5 * Parameter(*c.network, "fc.bias").item<float>();
    uint64_t voxels = 1;
    for (size_t axis = 1; axis < cam->layer_shape.size(); ++axis) voxels *= cam->layer_shape[axis];
    if (cam->layer_shape.size() == 3) voxels *= 64;  // Slices.
    const double sum = cam->map.mean().item<double>() * static_cast<double>(voxels);
    EXPECT_NEAR(sum, cam->prediction - bias, 1e-3 * std::abs(cam->prediction - bias)) << model;
  }
}

TEST(GradCamTest, IsTheSameBitsAgain) {
  const Case c =
      CaseOf("slice_lstm { backbone { width: 4 } hidden: 4 }", {1, 48, 48, 12}, "regression {}");
  const auto first = CamOf(c), second = CamOf(c);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->map.sizes(), c.volume[0].sizes());
  EXPECT_TRUE(first->map.equal(second->map));
  EXPECT_GT(first->map.abs().max().item<float>(), 0);
}

TEST(GradCamTest, SlicesThatAreNotSeenAreZero) {
  const Case c = CaseOf("resnet2d { width: 4 } slices { axis: 'y' from: 3 count: 4 }",
                        {1, 40, 12, 40}, "regression {}");
  const auto cam = CamOf(c);
  ASSERT_TRUE(cam.ok()) << cam.status();
  EXPECT_EQ(cam->map.narrow(1, 0, 3).abs().max().item<float>(), 0);
  EXPECT_EQ(cam->map.narrow(1, 7, 5).abs().max().item<float>(), 0);
  for (int64_t y = 3; y < 7; ++y) {
    EXPECT_GT(cam->map.select(1, y).abs().max().item<float>(), 0) << y;
  }
}

TEST(GradCamTest, AClassIsExplainedByItsLogit) {
  const Case c = CaseOf("resnet3d { width: 4 }", {1, 64, 64, 64},
                        "classification { classes: ['a', 'b', 'c'] }");
  const auto predicted = CamOf(c);
  ASSERT_TRUE(predicted.ok()) << predicted.status();
  double sum = 0;
  for (int64_t class_index = 0; class_index < 3; ++class_index) {
    const auto cam = CamOf(c, {.layer = "", .class_index = class_index});
    ASSERT_TRUE(cam.ok()) << cam.status();
    sum += cam->prediction;
    EXPECT_LE(cam->prediction, predicted->prediction);
    EXPECT_EQ(cam->map.equal(predicted->map), class_index == predicted->class_index);
  }
  EXPECT_NEAR(sum, 1, 1e-6);
  EXPECT_THAT(std::string(CamOf(c, {.layer = "", .class_index = 3}).status().message()),
              HasSubstr("there is no class 3"));
}

TEST(GradCamTest, AnEarlierLayerIsFiner) {
  const Case c = CaseOf("resnet3d { width: 4 }", {1, 64, 64, 64}, "regression {}");
  const auto fine = CamOf(c, {.layer = "layer1", .class_index = -1}), coarse = CamOf(c);
  ASSERT_TRUE(fine.ok()) << fine.status();
  EXPECT_GT(fine->layer_shape[1], coarse->layer_shape[1]);
  EXPECT_THAT(std::string(CamOf(c, {.layer = "layr", .class_index = -1}).status().message()),
              HasSubstr("no layer on the way to the output has a name that begins with 'layr'"));
  EXPECT_THAT(std::string(CamOf(c, {.layer = "fc", .class_index = -1}).status().message()),
              HasSubstr("layer fc has one voxel only"));
}

// The mean gradient of a layer before a norm is about zero, as a constant that is
// added there changes nothing. The map must not be.
TEST(GradCamTest, AnEarlierLayerUnderInstanceNormHasAMap) {
  const Case c = CaseOf("resnet3d { width: 4 }", {1, 64, 64, 64}, "regression {}");
  const auto fine = CamOf(c, {.layer = "layer1", .class_index = -1}), coarse = CamOf(c);
  ASSERT_TRUE(fine.ok() && coarse.ok());
  const auto size = [](const GradCam& cam) {
    uint64_t voxels = 1;
    for (size_t axis = 1; axis < cam.layer_shape.size(); ++axis) voxels *= cam.layer_shape[axis];
    return cam.map.abs().mean().item<double>() * static_cast<double>(voxels);
  };
  EXPECT_GT(size(*fine), 0.1 * size(*coarse));
}

TEST(GradCamTest, OnlyLayersOnTheWayToTheOutputCanBeChosen) {
  const Case slices =
      CaseOf("resnet2d { width: 4 } slices { axis: 'z' }", {1, 40, 40, 4}, "regression {}");
  const Case images =
      CaseOf("unet3d { features: [4, 8] }", {1, 16, 16, 16}, "regression {} reconstruction {}");
  EXPECT_TRUE(CamOf(images).ok()) << CamOf(images).status();
  for (const auto& [c, layer] :
       {std::pair(&slices, "input"), std::pair(&slices, "slices"), std::pair(&images, "decoder")}) {
    const absl::Status status = CamOf(*c, {.layer = layer, .class_index = -1}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << layer << ": " << status;
  }
}

TEST(GradCamTest, OfAHeadOnSeveralScalesALayerIsNamed) {
  const Case c =
      CaseOf("resnet3d { width: 4 multi_scale: true }", {1, 64, 64, 64}, "regression {}");
  const std::string message(CamOf(c).status().message());
  EXPECT_THAT(message, HasSubstr("the head pools layer2.1"));
  EXPECT_TRUE(CamOf(c, {.layer = "layer3", .class_index = -1}).ok());
}

TEST(GradCamTest, ImagesHaveNoAnswerToExplain) {
  const Case c = CaseOf("unet3d { features: [4, 8] }", {1, 16, 16, 16}, "reconstruction {}");
  EXPECT_EQ(CamOf(c).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace gyrus

#include "core/network/network.h"

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "core/network/default_model.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::Model ModelOf(const std::string& text) {
  v1::Model model;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &model)) << text;
  return model;
}

v1::NetworkCost CostAt(const Shape& input, const std::string& model) {
  const auto cost = NetworkCostOf(ModelOf(model), v1::Task(), input);
  EXPECT_TRUE(cost.ok()) << model << ": " << cost.status();
  return cost.value_or(v1::NetworkCost());
}

Graph GraphAt(const Shape& input, const std::string& model) {
  auto graph = MakeGraph(ModelOf(model), v1::Task(), input);
  EXPECT_TRUE(graph.ok()) << model << ": " << graph.status();
  return graph.ok() ? *std::move(graph) : Graph();
}

absl::Status StatusAt(const Shape& input, const std::string& model) {
  return MakeGraph(ModelOf(model), v1::Task(), input).status();
}

uint64_t ParametersOf(const Graph& graph, absl::string_view prefix) {
  uint64_t count = 0;
  for (const Node& node : graph.nodes) {
    for (const NamedShape& tensor : node.parameters) {
      if (absl::StartsWith(tensor.name, prefix)) count += Product(tensor.shape);
    }
  }
  return count;
}

std::map<std::string, Shape> ShapesOf(const Graph& graph) {
  std::map<std::string, Shape> shapes;
  for (const Node& node : graph.nodes) shapes[node.name] = node.output_shape;
  return shapes;
}

constexpr char kResNet[] = "resnet3d {}";
const Shape kVolume = {1, 128, 160, 112};

struct Counted {
  std::string what;
  std::string model;
  Shape input;
  uint64_t parameters;
  double gmacs;  // To four digits after the point; 0: not published.
  uint64_t buffers = 0;

  friend void PrintTo(const Counted& c, std::ostream* out) { *out << c.what; }
};

// Counted from PyTorch modules, those of the studies where they are public.
class CountedNetworkTest : public ::testing::TestWithParam<Counted> {};

TEST_P(CountedNetworkTest, CostsWhatTheModuleCosts) {
  const v1::NetworkCost cost = CostAt(GetParam().input, GetParam().model);
  EXPECT_EQ(cost.parameters(), GetParam().parameters);
  EXPECT_EQ(cost.buffers(), GetParam().buffers);
  if (GetParam().gmacs > 0) {
    EXPECT_NEAR(cost.macs() / 1e9, GetParam().gmacs, 5.1e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(
    ResNet3d, CountedNetworkTest,
    ::testing::Values(
        Counted{"as in the study S3", kResNet, kVolume, 33130689, 28.8018},
        Counted{"conv bias", "resnet3d { bias: true }", kVolume, 33135489, 0},
        Counted{"norm affine", "resnet3d { affine: true }", kVolume, 33140289, 0},
        Counted{"batch norm", "resnet3d { norm: NORM_BATCH }", kVolume, 33140289, 0, 9620},
        Counted{"stem 7", "resnet3d { stem { kernel: 7 } }", kVolume, 33150913, 34.6004},
        Counted{"stem 7, bias", "resnet3d { bias: true stem { kernel: 7 } }", kVolume, 33155713, 0},
        Counted{"stem 7, affine", "resnet3d { affine: true stem { kernel: 7 } }", kVolume, 33160513,
                0},
        Counted{"stem 7, batch norm", "resnet3d { norm: NORM_BATCH stem { kernel: 7 } }", kVolume,
                33160513, 0, 9620},
        Counted{"MONAI's default",
                "resnet3d { norm: NORM_BATCH shortcut_bias: true stem { kernel: 7 stride: 1 } }",
                {1, 64, 64, 64},
                33161409,
                0,
                9620},
        Counted{"two channels", kResNet, {2, 128, 160, 112}, 33132417, 29.2972},
        Counted{"33x41x25", kResNet, {1, 33, 41, 25}, 33130689, 0}));

INSTANTIATE_TEST_SUITE_P(
    SliceLstm, CountedNetworkTest,
    ::testing::Values(
        Counted{"k 1", "slice_lstm { pool: 1 }", {1, 50, 50, 112}, 11470913, 0},
        Counted{"k 2", "slice_lstm { pool: 2 }", {1, 50, 50, 112}, 11463745, 0},
        Counted{"k 4", "slice_lstm {}", {1, 50, 50, 112}, 11460161, 13.4123},
        Counted{"k 7", "slice_lstm { pool: 7 }", {1, 50, 50, 112}, 11458625, 0},
        Counted{"k 8", "slice_lstm { pool: 8 }", {1, 50, 50, 112}, 11458369, 0},
        Counted{"k 16", "slice_lstm { pool: 16 }", {1, 50, 50, 112}, 11457473, 0},
        Counted{
            "sagittal", "slice_lstm {} slices { axis: 'x' }", {1, 128, 50, 50}, 11460673, 15.3284},
        Counted{
            "coronal", "slice_lstm {} slices { axis: 'y' }", {1, 50, 160, 50}, 11461697, 19.1604},
        Counted{
            "affine", "slice_lstm { backbone { affine: true } }", {1, 50, 50, 112}, 11469761, 0},
        Counted{"bias", "slice_lstm { backbone { bias: true } }", {1, 50, 50, 112}, 11464961, 0},
        Counted{"stem 3",
                "slice_lstm { backbone { stem { kernel: 3 } } }",
                {1, 50, 50, 112},
                11457601,
                0}));

INSTANTIATE_TEST_SUITE_P(
    StudyS1, CountedNetworkTest,
    ::testing::Values(Counted{"U-Net encoder, 4 channels",
                              "unet2d {} slices { count: 1 }",
                              {4, 96, 96, 40},
                              8507425,
                              0.6295},
                      Counted{"U-Net encoder, 1 channel",
                              "unet2d {} slices { count: 1 }",
                              {1, 96, 96, 40},
                              8506561,
                              0.6216},
                      Counted{
                          "ResNet-50 behind an adapter",
                          "resnet2d { depth: 50 norm: NORM_BATCH stem { repeat: 4 adapter: 3 } } "
                          "slices { count: 1 }",
                          {1, 96, 96, 40},
                          23510096,
                          0.7508,
                          53173}));

INSTANTIATE_TEST_SUITE_P(
    Others, CountedNetworkTest,
    ::testing::Values(
        Counted{"nnU-Net encoder, 1 channel", "unet3d {}", {1, 128, 160, 128}, 14025441, 173.4967},
        Counted{"nnU-Net encoder, 2 channels", "unet3d {}", {2, 128, 160, 128}, 14026305, 0},
        Counted{"nnU-Net encoder, 4 channels", "unet3d {}", {4, 128, 160, 128}, 14028033, 0},
        Counted{"SFCN, one output", "sfcn {}", {1, 160, 192, 160}, 2950401, 0, 1606}));

TEST(NetworkTest, ResNet18CostsItsBytes) {
  const v1::NetworkCost cost = CostAt(kVolume, kResNet);
  EXPECT_EQ(cost.parameter_bytes(), 4 * 33130689);
  EXPECT_NEAR(cost.parameter_bytes() / 1048576.0, 126.4, 0.05);
  EXPECT_NEAR(cost.activation_bytes() / 1048576.0, 364, 0.5);
  EXPECT_NEAR(CostAt({1, 50, 50, 112}, "slice_lstm {}").activation_bytes() / 1048576.0, 186, 0.5);
  EXPECT_NEAR(CostAt({1, 33, 41, 25}, kResNet).macs() / 1e9, 0.71, 5e-3);
  EXPECT_NEAR(CostAt({1, 48, 48, 48}, kResNet).macs() / 1e9, 1.49, 5e-3);
  EXPECT_NEAR(CostAt({1, 64, 80, 56}, kResNet).macs() / 1e9, 3.71, 5e-3);
}

TEST(NetworkTest, StagesFollowTheirClosedForms) {
  const Graph graph = GraphAt(kVolume, kResNet);
  EXPECT_EQ(ParametersOf(graph, "conv1"), 64 * 27);
  EXPECT_EQ(ParametersOf(graph, "layer1"), 442368);
  EXPECT_EQ(ParametersOf(graph, "layer2"), 1556480);
  EXPECT_EQ(ParametersOf(graph, "layer3"), 6225920);
  EXPECT_EQ(ParametersOf(graph, "layer4"), 24903680);
  EXPECT_EQ(ParametersOf(graph, "fc"), 513);
  const Graph slices = GraphAt({1, 50, 50, 112}, "slice_lstm {}");
  EXPECT_EQ(ParametersOf(slices, "backbone.conv1"), 3136);
  EXPECT_EQ(ParametersOf(slices, "backbone.layer1"), 147456);
  EXPECT_EQ(ParametersOf(slices, "backbone.layer2"), 524288);
  EXPECT_EQ(ParametersOf(slices, "backbone.layer3"), 2097152);
  EXPECT_EQ(ParametersOf(slices, "backbone.layer4"), 8388608);
  EXPECT_EQ(ParametersOf(slices, "lstm"), 295936);
}

TEST(NetworkTest, ParametersDoNotDependOnTheInput) {
  for (uint32_t x = 33; x < 200; x += 29) {
    EXPECT_EQ(CostAt({1, x, 7, 1 + x / 2}, kResNet).parameters(), 33130689);
  }
}

TEST(NetworkTest, HalfTheWidthIsAQuarterOfTheConvolutions) {
  const uint64_t inner = 442368 + 1556480 + 6225920 + 24903680;
  EXPECT_EQ(CostAt({1, 40, 40, 40}, "resnet3d { width: 32 }").parameters(),
            32 * 27 + inner / 4 + 257);
}

TEST(NetworkTest, AShortcutMayHaveNoParameters) {
  // Three of 1x1x1, each from a width to its double.
  const uint64_t shortcuts = 64 * 128 + 128 * 256 + 256 * 512;
  EXPECT_EQ(CostAt({1, 40, 40, 40}, "resnet3d { shortcut: SHORTCUT_PAD }").parameters(),
            33130689 - shortcuts);
}

TEST(NetworkTest, ParametersAreNamedAndShapedAsInPyTorch) {
  std::vector<std::string> names;
  std::map<std::string, Shape> shapes;
  for (const Node& node : GraphAt({2, 40, 40, 40}, kResNet).nodes) {
    for (const NamedShape& tensor : node.parameters) {
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
  const auto shapes = ShapesOf(GraphAt(kVolume, kResNet));
  EXPECT_THAT(shapes.at("conv1"), ElementsAre(64, 64, 80, 56));
  EXPECT_THAT(shapes.at("maxpool"), ElementsAre(64, 32, 40, 28));
  EXPECT_THAT(shapes.at("layer1.1.relu"), ElementsAre(64, 32, 40, 28));
  EXPECT_THAT(shapes.at("layer2.0.downsample.0"), ElementsAre(128, 16, 20, 14));
  EXPECT_THAT(shapes.at("layer3.1.conv2"), ElementsAre(256, 8, 10, 7));
  EXPECT_THAT(shapes.at("layer4.1.bn2"), ElementsAre(512, 4, 5, 4));
  EXPECT_THAT(shapes.at("flatten"), ElementsAre(512));
  EXPECT_THAT(shapes.at("fc"), ElementsAre(1));
}

TEST(NetworkTest, EveryNetworkGivesOneNumberForARegression) {
  for (const char* const model :
       {"resnet3d {}", "resnet2d {}", "slice_lstm {}", "unet3d {}", "unet2d {}", "sfcn {}"}) {
    const Graph graph = GraphAt({1, 96, 96, 64}, model);
    ASSERT_TRUE(graph.outputs.numbers.has_value()) << model;
    EXPECT_FALSE(graph.outputs.segmentation.has_value()) << model;
    const Node& numbers = graph.nodes[*graph.outputs.numbers];
    EXPECT_THAT(numbers.output_shape, ElementsAre(1)) << model;
    EXPECT_EQ(numbers.slices, 0) << model;
  }
}

TEST(NetworkTest, SlicesAreThoseThatAreAskedFor) {
  const Graph graph = GraphAt({1, 96, 80, 77}, "resnet2d {} slices { from: 17 count: 40 }");
  EXPECT_EQ(graph.nodes[1].first, 17);
  EXPECT_EQ(graph.nodes[1].slices, 40);
  EXPECT_THAT(graph.nodes[1].output_shape, ElementsAre(1, 96, 80));
  EXPECT_THAT(StatusAt({1, 96, 80, 56}, "resnet2d {} slices { from: 17 count: 40 }").message(),
              HasSubstr("input 96x80x56 does not fit resnet2d: slices: slices 17 to 57 of 56"));
}

TEST(NetworkTest, InstanceNormNeedsMoreThanOneVoxel) {
  EXPECT_EQ(StatusAt({1, 32, 32, 32}, kResNet).message(),
            "input 32x32x32 does not fit resnet3d: layer4.0.bn1: its feature maps would be one "
            "voxel, which instance norm cannot normalise; the smallest input is 33x1x1");
  EXPECT_TRUE(StatusAt({1, 33, 41, 25}, kResNet).ok());
  EXPECT_TRUE(StatusAt({1, 1, 1, 33}, kResNet).ok());
  EXPECT_FALSE(StatusAt({40, 1, 32, 1}, kResNet).ok());
  EXPECT_FALSE(StatusAt({1, 32, 32, 8}, "slice_lstm {}").ok());
  EXPECT_TRUE(StatusAt({1, 33, 33, 8}, "slice_lstm {}").ok());
}

TEST(NetworkTest, TheSmallestInputIsTakenAndNoSmaller) {
  for (const char* const model : {"resnet3d {}", "resnet2d {}", "slice_lstm {}", "unet3d {}",
                                  "unet2d {}", "sfcn {}", "resnet3d { depth: 50 }"}) {
    const v1::NetworkCost cost = CostAt({1, 96, 96, 64}, model);
    ASSERT_EQ(cost.smallest_input_size(), 3) << model;
    Shape shape = {1};
    shape.insert(shape.end(), cost.smallest_input().begin(), cost.smallest_input().end());
    EXPECT_TRUE(StatusAt(shape, model).ok()) << model;
    for (size_t axis = 1; axis < shape.size(); ++axis) {
      Shape shorter = shape;
      if (--shorter[axis] == 0) continue;
      EXPECT_FALSE(StatusAt(shorter, model).ok()) << model << " axis " << axis;
    }
  }
}

TEST(NetworkTest, RefusesWhatIsNoInputOrNoModel) {
  for (const Shape& shape :
       std::vector<Shape>{{}, {1, 40, 40}, {0, 40, 40, 40}, {1, 40, 0, 40}, {1, 40, 40, 40, 40}}) {
    EXPECT_THAT(StatusAt(shape, kResNet).message(), HasSubstr("is not channels, x, y and z"));
  }
  EXPECT_THAT(StatusAt({1, 4294967295, 4294967295, 4294967295}, kResNet).message(),
              HasSubstr("more than 2^31 voxels"));
  EXPECT_EQ(StatusAt({1, 40, 40, 40}, "").message(), "the experiment names no model");
}

TEST(DefaultModelTest, BatchNormScalesAndInstanceNormDoesNot) {
  v1::Model model = ModelOf("resnet3d { norm: NORM_BATCH }");
  FillModel(model);
  EXPECT_TRUE(model.resnet3d().affine());
  model = ModelOf(kResNet);
  FillModel(model);
  EXPECT_FALSE(model.resnet3d().affine());
  EXPECT_FALSE(model.has_slices());
  model = ModelOf("resnet3d { norm: NORM_BATCH affine: false }");
  FillModel(model);
  EXPECT_FALSE(model.resnet3d().affine());
}

v1::Task TaskOf(const std::string& text) {
  v1::Task task;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &task)) << text;
  return task;
}

// Age, white matter and the input itself, as in the study S2.
constexpr char kThreeAnswers[] =
    "regression { target: 'age' } segmentation { labels: 'wm' classes { name: 'wm' values: 1 } } "
    "reconstruction {}";

TEST(AnswersTest, TheMultiTaskNetworkHasItsPublishedParameters) {
  const v1::Task task = TaskOf(kThreeAnswers);
  const auto cost = [&](uint32_t channels, const std::string& model) {
    return *NetworkCostOf(ModelOf(model), task, {channels, 128, 160, 128});
  };
  EXPECT_EQ(cost(1, kResNet).parameters(), 41910564);
  EXPECT_EQ(cost(2, kResNet).parameters(), 41912325);
  EXPECT_EQ(cost(3, kResNet).parameters(), 41914086);
  const std::string scales = "resnet3d { multi_scale: true }";
  EXPECT_EQ(cost(1, scales).parameters(), 41910948);
  EXPECT_NEAR(cost(1, scales).macs() / 1e9, 317.6346, 5.1e-5);
  EXPECT_EQ(cost(2, scales).parameters(), 41912709);
  EXPECT_EQ(cost(3, scales).parameters(), 41914470);
  EXPECT_EQ(
      cost(1, "resnet3d { multi_scale: true film { columns: 'wm' columns: 'icv' } }").parameters(),
      41913252);
}

TEST(AnswersTest, HaveTheShapesOfWhatIsAskedFor) {
  const Shape input = {2, 64, 64, 64};
  for (const std::string model :
       {"resnet3d { width: 8 }", "unet3d { features: [4, 8, 8] }",
        "resnet2d { width: 8 } slices { axis: 'z' from: 3 count: 5 }",
        "unet2d { features: [4, 8, 8] } slices { axis: 'z' from: 3 count: 5 }"}) {
    const auto graph = MakeGraph(ModelOf(model), TaskOf(kThreeAnswers), input);
    ASSERT_TRUE(graph.ok()) << model << graph.status();
    const auto shape = [&](NodeId id) { return graph->nodes[id].output_shape; };
    const uint32_t z = absl::StrContains(model, "2d") ? 5 : 64;
    EXPECT_THAT(shape(graph->outputs.numbers.value()), ElementsAre(1)) << model;
    EXPECT_THAT(shape(graph->outputs.segmentation.value()), ElementsAre(2, 64, 64, z)) << model;
    EXPECT_THAT(shape(graph->outputs.reconstruction.value()), ElementsAre(2, 64, 64, z)) << model;
  }
}

TEST(AnswersTest, AreOnlyThoseAskedFor) {
  const Shape input = {1, 32, 32, 32};
  const auto labels = MakeGraph(ModelOf("unet3d { features: [4, 8] }"),
                                TaskOf("segmentation { classes { name: 'a' } }"), input);
  EXPECT_FALSE(labels->outputs.numbers.has_value());
  EXPECT_EQ(ParametersOf(*labels, "fc"), 0);
  const auto classes = MakeGraph(
      ModelOf("resnet3d { width: 8 }"),
      TaskOf("classification { classes: ['normal', 'adverse', 'unknown'] }"), {1, 33, 33, 33});
  EXPECT_THAT(classes->nodes[*classes->outputs.numbers].output_shape, ElementsAre(3));
  const auto bins =
      MakeGraph(ModelOf("sfcn { features: [4, 8] }"), TaskOf("soft_labels { bins: 40 }"), input);
  EXPECT_THAT(bins->nodes[*bins->outputs.numbers].output_shape, ElementsAre(40));
}

TEST(AnswersTest, AreWeightedByAParameterEachWhereTheirUncertaintyIsLearnt) {
  const auto graph = MakeGraph(ModelOf("unet3d { features: [4, 8] }"),
                               TaskOf(std::string(kThreeAnswers) + " weighting: "
                                                                   "WEIGHTING_UNCERTAINTY"),
                               {1, 32, 32, 32});
  EXPECT_EQ(ParametersOf(*graph, "weighting.log_variance"), 3);
  EXPECT_THAT(graph->nodes[graph->outputs.log_variances.value()].output_shape, ElementsAre(3));
}

TEST(AnswersTest, AnInputThatCannotBeHalvedAsOftenIsToldTheNextThatCan) {
  const absl::Status status =
      MakeGraph(ModelOf(kResNet), TaskOf(kThreeAnswers), {1, 128, 160, 112}).status();
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("input 128x160x112 does not fit resnet3d: decoder.0.concat: joins maps of "
                        "256x8x10x8 and 256x8x10x7; the next size that fits is 128x160x128"));
  EXPECT_THAT(
      std::string(
          MakeGraph(ModelOf("sfcn {}"), TaskOf(kThreeAnswers), {1, 64, 64, 64}).status().message()),
      HasSubstr("sfcn: has no decoder"));
}

}  // namespace
}  // namespace gyrus

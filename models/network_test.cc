// The module beside its graph in core/network, which is what plans are made
// with.
#include "models/network.h"

#include <ATen/record_function.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "core/network/network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/initial_weights.h"
#include "models/testing/model_fixture.h"

namespace gyrus {
namespace {

torch::Tensor Volumes(const Shape& input, int64_t items = 1) {
  std::vector<int64_t> shape = {items};
  shape.insert(shape.end(), input.begin(), input.end());
  return torch::rand(shape, at::detail::createCPUGenerator(3)) - 0.5;
}

// A tensor that the forward pass made: kind of the operation, shape of one item
// or slice.
using Made = std::pair<std::string, std::vector<int64_t>>;

// Logs the outputs of torch's operators, in their order, while an object of it lives.
class OperatorLog {
 public:
  OperatorLog() {
    made_.clear();
    inside_ = 0;
    handle_ = at::addThreadLocalCallback(
        at::RecordFunctionCallback(&Begin, &End).needsInputs(true).needsOutputs(true));
  }
  ~OperatorLog() { at::removeCallback(handle_); }

  const std::vector<Made>& made() const { return made_; }

 private:
  static const std::string* KindOf(const at::RecordFunction& function) {
    static const std::map<std::string, std::string> kinds = {
        {"aten::conv2d", "conv"},
        {"aten::conv3d", "conv"},
        {"aten::instance_norm", "instance_norm"},
        {"aten::batch_norm", "batch_norm"},
        {"aten::relu_", "relu"},
        {"aten::leaky_relu_", "leaky_relu"},
        {"aten::max_pool2d", "max_pool"},
        {"aten::max_pool3d", "max_pool"},
        {"aten::linear", "linear"},
        {"aten::add_", "add"},
    };
    const auto kind = kinds.find(function.name());
    return kind == kinds.end() ? nullptr : &kind->second;
  }
  // Operators that are made of others count once.
  static std::unique_ptr<at::ObserverContext> Begin(const at::RecordFunction& function) {
    if (KindOf(function) != nullptr || std::string(function.name()) == "aten::lstm") ++inside_;
    return nullptr;
  }
  static void End(const at::RecordFunction& function, at::ObserverContext*) {
    const std::string* const kind = KindOf(function);
    if (kind == nullptr && std::string(function.name()) != "aten::lstm") return;
    if (--inside_ > 0 || kind == nullptr) return;
    const auto sizes = function.outputs().at(0).toTensor().sizes();
    made_.emplace_back(*kind, std::vector<int64_t>(sizes.begin() + 1, sizes.end()));
  }

  static thread_local std::vector<Made> made_;
  static thread_local int inside_;
  at::CallbackHandle handle_;
};
thread_local std::vector<Made> OperatorLog::made_;
thread_local int OperatorLog::inside_ = 0;

// The nodes of a graph that appear in the log. The pooling of 3x3x3 windows does not,
// because it is no operator of torch.
std::vector<Made> VisibleOf(const Graph& graph) {
  std::vector<Made> made;
  for (const Node& node : graph.nodes) {
    const bool own_pool =
        node.op == Op::kMaxPool && node.kernel == 3 && node.output_shape.size() == 4;
    const bool seen = node.op == Op::kConv || node.op == Op::kInstanceNorm ||
                      node.op == Op::kBatchNorm || node.op == Op::kRelu ||
                      node.op == Op::kLeakyRelu || node.op == Op::kMaxPool ||
                      node.op == Op::kLinear || node.op == Op::kAdd;
    if (!seen || own_pool) continue;
    made.emplace_back(NameOf(node.op),
                      std::vector<int64_t>(node.output_shape.begin(), node.output_shape.end()));
  }
  return made;
}

struct Case {
  std::string name;
  std::string model;
  Shape input;

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.model; }
};

class EveryNetworkTest : public ::testing::TestWithParam<Case> {
 protected:
  const Case& at() const { return GetParam(); }
  std::shared_ptr<Network> Initialised() const {
    return InitialisedNetwork(at().model, at().input);
  }
};

TEST_P(EveryNetworkTest, HasTheTensorsOfItsGraph) {
  const auto network = Initialised();
  const auto parameters = network->named_parameters();
  const auto buffers = network->named_buffers();
  size_t count = 0, buffer_count = 0;
  uint64_t bytes = 0;
  for (const Node& node : network->graph().nodes) {
    for (const NamedShape& tensor : node.parameters) {
      ASSERT_TRUE(parameters.contains(tensor.name)) << tensor.name;
      const torch::Tensor& parameter = parameters[tensor.name];
      EXPECT_EQ(parameter.sizes(), std::vector<int64_t>(tensor.shape.begin(), tensor.shape.end()));
      EXPECT_TRUE(parameter.isfinite().all().item<bool>()) << tensor.name;
      bytes += parameter.nbytes();
      ++count;
    }
    for (const NamedShape& tensor : node.buffers) {
      EXPECT_TRUE(buffers.contains(tensor.name)) << tensor.name;
      ++buffer_count;
    }
  }
  EXPECT_EQ(parameters.size(), count);
  EXPECT_EQ(buffers.size(), buffer_count);
  EXPECT_EQ(bytes, CostOf(network->graph()).parameter_bytes());
}

TEST_P(EveryNetworkTest, MakesTheTensorsOfItsGraph) {
  const auto network = Initialised();
  const torch::NoGradGuard no_gradient;
  const OperatorLog log;
  network->forward(Volumes(at().input));
  EXPECT_EQ(log.made(), VisibleOf(network->graph()));
}

TEST_P(EveryNetworkTest, GivesOneNumberAnItem) {
  const auto network = Initialised();
  for (const int64_t items : {1, 2, 3}) {
    const torch::Tensor output = network->forward(Volumes(at().input, items));
    EXPECT_EQ(output.sizes(), (std::vector<int64_t>{items, 1}));
    EXPECT_EQ(output.scalar_type(), torch::kFloat32);
    EXPECT_TRUE(output.isfinite().all().item<bool>());
  }
}

TEST_P(EveryNetworkTest, AnItemIsPredictedFromItselfAlone) {
  const auto network = Initialised();
  network->eval();
  const torch::NoGradGuard no_gradient;
  const torch::Tensor volumes = Volumes(at().input, 3);
  const torch::Tensor together = network->forward(volumes);
  for (int64_t i = 0; i < 3; ++i) {
    const float alone = network->forward(volumes.narrow(0, i, 1)).item<float>();
    EXPECT_NEAR(alone, together[i][0].item<float>(), 1e-3) << i;
  }
  EXPECT_GT((together.max() - together.min()).item<float>(), 1e-5);
}

TEST_P(EveryNetworkTest, EveryParameterLearns) {
  const auto network = Initialised();
  network->forward(Volumes(at().input, 2)).square().sum().backward();
  for (const auto& entry : network->named_parameters()) {
    ASSERT_TRUE(entry.value().grad().defined()) << entry.key();
    EXPECT_TRUE(entry.value().grad().isfinite().all().item<bool>()) << entry.key();
    // A norm takes away what was added before it.
    if (absl::EndsWith(entry.key(), ".bias")) continue;
    EXPECT_GT(entry.value().grad().abs().max().item<float>(), 0) << entry.key();
  }
}

TEST_P(EveryNetworkTest, DoesNotChangeItsInput) {
  const auto network = Initialised();
  const torch::Tensor volumes = Volumes(at().input, 2);
  const torch::Tensor before = volumes.clone();
  network->forward(volumes);
  EXPECT_TRUE(volumes.equal(before));
}

INSTANTIATE_TEST_SUITE_P(
    Networks, EveryNetworkTest,
    ::testing::Values(
        Case{"resnet3d", "resnet3d { width: 4 }", {2, 64, 40, 56}},
        Case{"resnet3d_odd", "resnet3d { width: 4 }", {1, 47, 34, 63}},
        Case{"resnet3d_flat", "resnet3d { width: 4 }", {3, 5, 1, 40}},
        Case{"resnet3d_10", "resnet3d { width: 4 depth: 10 bias: true }", {1, 40, 40, 40}},
        Case{"resnet3d_34", "resnet3d { width: 2 depth: 34 affine: true }", {1, 40, 40, 40}},
        Case{"resnet3d_50", "resnet3d { width: 2 depth: 50 norm: NORM_BATCH }", {1, 40, 40, 40}},
        Case{"resnet3d_pad", "resnet3d { width: 4 shortcut: SHORTCUT_PAD }", {1, 40, 41, 40}},
        Case{"resnet3d_monai",
             "resnet3d { width: 4 norm: NORM_BATCH shortcut_bias: true stem { kernel: 7 stride: 1 "
             "} }",
             {1, 32, 33, 32}},
        Case{"resnet2d", "resnet2d { width: 4 }", {1, 40, 41, 6}},
        Case{"resnet2d_median",
             "resnet2d { width: 4 } slices { aggregate: SLICE_AGGREGATE_MEDIAN axis: 'x' }",
             {1, 6, 40, 41}},
        Case{"resnet2d_colour",
             "resnet2d { width: 2 depth: 50 norm: NORM_BATCH stem { repeat: 4 adapter: 3 } } "
             "slices { from: 1 count: 4 axis: 'y' }",
             {1, 40, 6, 41}},
        Case{
            "slice_lstm", "slice_lstm { backbone { width: 4 } pool: 2 hidden: 5 }", {1, 40, 41, 9}},
        Case{"unet3d", "unet3d { features: [2, 4, 6] }", {2, 17, 12, 13}},
        Case{"unet2d", "unet2d { features: [2, 4, 6] }", {4, 17, 12, 5}},
        Case{"sfcn", "sfcn { features: [4, 4, 6] }", {1, 16, 17, 18}}),
    [](const auto& info) { return info.param.name; });

TEST(NetworkTest, RefusesAnExperimentWithoutAModel) {
  EXPECT_EQ(MakeNetwork(v1::Model(), v1::Task(), {1, 40, 40, 40}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(NetworkTest, TheScaleOfAVolumeDoesNotMatter) {
  // The norm after the stem takes it away.
  const auto network = InitialisedNetwork("resnet3d { width: 4 }", {1, 40, 33, 20});
  const torch::NoGradGuard no_gradient;
  const torch::Tensor volume = Volumes({1, 40, 33, 20});
  const float plain = network->forward(volume).item<float>();
  EXPECT_NEAR(network->forward(volume * 3).item<float>(), plain, 1e-3);
}

TEST(NetworkTest, BelowTheSmallestInputNothingIsLeftOfAVolume) {
  const auto spread = [&](uint32_t x, uint32_t y, uint32_t z) {
    const auto network = InitialisedNetwork("resnet3d { width: 4 }", {1, 40, 40, 40});
    const torch::Tensor output = network->forward(Volumes({1, x, y, z}, 2));
    return (output[0] - output[1]).abs().item<float>();
  };
  EXPECT_GT(spread(33, 1, 1), 1e-2);
  EXPECT_LT(spread(32, 1, 1), 1e-3);
  EXPECT_LT(spread(32, 32, 32), 1e-3);
}

TEST(NetworkTest, TheMedianOfSlicesIsTheLowerOne) {
  const Shape input = {1, 40, 41, 6};
  const auto mean = InitialisedNetwork("resnet2d { width: 4 }", input);
  const auto median = InitialisedNetwork(
      "resnet2d { width: 4 } slices { aggregate: SLICE_AGGREGATE_MEDIAN }", input);
  const torch::NoGradGuard no_gradient;
  const torch::Tensor volume = Volumes(input);
  std::vector<float> slices;
  for (int64_t z = 0; z < 6; ++z) {
    const auto one = InitialisedNetwork("resnet2d { width: 4 } slices { count: 1 }", input);
    slices.push_back(one->forward(volume.roll(-z, 4)).item<float>());
  }
  float sum = 0;
  for (const float slice : slices) sum += slice;
  std::sort(slices.begin(), slices.end());
  EXPECT_NEAR(mean->forward(volume).item<float>(), sum / 6, 1e-5);
  EXPECT_NEAR(median->forward(volume).item<float>(), slices[2], 1e-5);
  EXPECT_GT(slices[3] - slices[2], 1e-4);
}

TEST(NetworkTest, AnLstmSeesItsSlicesInBothDirections) {
  const Shape input = {1, 40, 41, 8};
  const auto network =
      InitialisedNetwork("slice_lstm { backbone { width: 4 } pool: 2 hidden: 5 }", input);
  const torch::NoGradGuard no_gradient;
  const torch::Tensor volume = Volumes(input);
  const float plain = network->forward(volume).item<float>();
  EXPECT_GT(std::abs(network->forward(volume.flip(4)).item<float>() - plain), 1e-4);
  // Neighbours within one window are a mean, which has no order.
  const torch::Tensor swapped = volume.index_select(4, torch::tensor({1, 0, 2, 3, 4, 5, 6, 7}));
  EXPECT_NEAR(network->forward(swapped).item<float>(), plain, 1e-5);
}

TEST(NetworkTest, RunningMeansAreThoseOfPyTorch) {
  const Shape input = {2, 40, 40, 40};
  const auto network = InitialisedNetwork("resnet3d { width: 3 norm: NORM_BATCH }", input);
  torch::nn::Conv3d conv(torch::nn::Conv3dOptions(2, 3, 3).stride(2).padding(1).bias(false));
  torch::nn::BatchNorm3d norm(3);
  const torch::NoGradGuard no_gradient;
  conv->weight.copy_(network->named_parameters()["conv1.weight"]);
  for (int leaf = 0; leaf < 3; ++leaf) {
    const torch::Tensor volumes = Volumes(input, 2) * (leaf + 1);
    norm->forward(conv->forward(volumes));
    network->forward(volumes);
    const torch::Tensor statistics = network->TakeStatistics();
    ASSERT_TRUE(statistics.defined());
    EXPECT_FALSE(network->TakeStatistics().defined());
    network->ApplyStatistics(statistics);
  }
  const auto buffers = network->named_buffers();
  EXPECT_TRUE(torch::allclose(buffers["bn1.running_mean"], norm->running_mean, 1e-6, 1e-9));
  EXPECT_TRUE(torch::allclose(buffers["bn1.running_var"], norm->running_var, 1e-6, 1e-9));
  EXPECT_EQ(buffers["bn1.num_batches_tracked"].item<int64_t>(), 3);
  // Predicting uses them and changes nothing.
  network->eval();
  const torch::Tensor before = buffers["layer4.1.bn2.running_var"].clone();
  network->forward(Volumes(input, 2));
  EXPECT_FALSE(network->TakeStatistics().defined());
  EXPECT_TRUE(buffers["layer4.1.bn2.running_var"].equal(before));
}

TEST(NetworkTest, DropsNothingWhenItPredicts) {
  const Shape input = {1, 16, 17, 18};
  const auto network = InitialisedNetwork("sfcn { features: [4, 4, 6] }", input);
  const torch::Tensor volume = Volumes(input, 2);
  network->eval();
  EXPECT_TRUE(network->forward(volume).equal(network->forward(volume)));
  network->train();
  network->Reseed(1);
  const torch::Tensor first = network->forward(volume);
  network->Reseed(2);
  EXPECT_FALSE(network->forward(volume).equal(first));
  network->Reseed(1);
  torch::manual_seed(3);  // Nothing else in the process has a say.
  EXPECT_TRUE(network->forward(volume).equal(first));
}

}  // namespace
}  // namespace gyrus

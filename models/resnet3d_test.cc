// The module beside its description in core/spec, which is what plans are made
// with.
#include "models/resnet3d.h"

#include <ATen/record_function.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/spec/network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

v1::Model ResNet(uint32_t width) {
  v1::Model model;
  model.mutable_resnet3d()->set_depth(18);
  model.mutable_resnet3d()->set_norm(v1::NORM_INSTANCE);
  model.mutable_resnet3d()->set_width(width);
  return model;
}

std::shared_ptr<Network> Initialised(uint32_t width, int64_t channels) {
  auto network = *MakeNetwork(ResNet(width), channels);
  InitialiseWeights(*network, 1);
  return network;
}

NetworkDescription Description(uint32_t width, const std::vector<uint32_t>& input) {
  auto description = DescribeNetwork(ResNet(width), input);
  EXPECT_TRUE(description.ok()) << description.status();
  return description.ok() ? *std::move(description) : NetworkDescription();
}

torch::Tensor Volumes(const std::vector<uint32_t>& input, int64_t items = 1) {
  std::vector<int64_t> shape = {items};
  shape.insert(shape.end(), input.begin(), input.end());
  return torch::rand(shape, at::detail::createCPUGenerator(3)) - 0.5;
}

std::vector<std::pair<std::string, std::vector<int64_t>>> Parameters(const Network& network) {
  std::vector<std::pair<std::string, std::vector<int64_t>>> parameters;
  for (const auto& entry : network.named_parameters()) {
    parameters.emplace_back(entry.key(), entry.value().sizes().vec());
  }
  return parameters;
}

std::vector<std::pair<std::string, std::vector<int64_t>>> Parameters(
    const NetworkDescription& description) {
  std::vector<std::pair<std::string, std::vector<int64_t>>> parameters;
  for (const Layer& layer : description.layers) {
    for (const ParameterTensor& tensor : layer.parameters) {
      parameters.emplace_back(tensor.name,
                              std::vector<int64_t>(tensor.shape.begin(), tensor.shape.end()));
    }
  }
  return parameters;
}

// A tensor that the forward pass made: kind of the layer, shape of one item.
using Made = std::pair<std::string, std::vector<int64_t>>;

// What torch's operators get and give, in their order, while an object of it
// lives. The pool is none of torch's: it shows in what the next convolution gets.
class OperatorLog {
 public:
  OperatorLog() {
    made_.clear();
    conv_inputs_.clear();
    handle_ = at::addThreadLocalCallback(
        at::RecordFunctionCallback(&Begin, &End).needsInputs(true).needsOutputs(true));
  }
  ~OperatorLog() { at::removeCallback(handle_); }

  const std::vector<Made>& made() const { return made_; }
  // Of one item.
  const std::vector<std::vector<int64_t>>& conv_inputs() const { return conv_inputs_; }

 private:
  static std::unique_ptr<at::ObserverContext> Begin(const at::RecordFunction& function) {
    if (std::string(function.name()) == "aten::conv3d") {
      conv_inputs_.push_back(OfOneItem(function.inputs().at(0)));
    }
    return nullptr;
  }
  static void End(const at::RecordFunction& function, at::ObserverContext*) {
    static const std::map<std::string, std::string> kinds = {
        {"aten::conv3d", "conv"},  {"aten::instance_norm", "instance_norm"},
        {"aten::relu_", "relu"},   {"aten::mean", "average_pool"},
        {"aten::addmm", "linear"},
    };
    const auto kind = kinds.find(function.name());
    if (kind == kinds.end()) return;
    made_.emplace_back(kind->second, OfOneItem(function.outputs().at(0)));
  }
  static std::vector<int64_t> OfOneItem(const c10::IValue& value) {
    const auto sizes = value.toTensor().sizes();
    return {sizes.begin() + 1, sizes.end()};
  }

  static thread_local std::vector<Made> made_;
  static thread_local std::vector<std::vector<int64_t>> conv_inputs_;
  at::CallbackHandle handle_;
};
thread_local std::vector<Made> OperatorLog::made_;
thread_local std::vector<std::vector<int64_t>> OperatorLog::conv_inputs_;

TEST(ResNet3dTest, HasTheParametersOfTheStudies) {
  const auto network = *MakeNetwork(ResNet(64), 1);
  int64_t parameters = 0;
  for (const torch::Tensor& parameter : network->parameters()) parameters += parameter.numel();
  EXPECT_EQ(parameters, 33130689);
  EXPECT_TRUE(network->buffers().empty());
}

TEST(ResNet3dTest, HasTheParametersThatItsDescriptionNames) {
  for (const uint32_t width : {1, 4, 64}) {
    for (const uint32_t channels : {1, 2, 5}) {
      const auto network = *MakeNetwork(ResNet(width), channels);
      const NetworkDescription description = Description(width, {channels, 40, 40, 40});
      EXPECT_EQ(Parameters(*network), Parameters(description)) << width << " " << channels;
      uint64_t bytes = 0;
      for (const torch::Tensor& parameter : network->parameters()) bytes += parameter.nbytes();
      EXPECT_EQ(bytes, description.cost.parameter_bytes());
    }
  }
}

TEST(ResNet3dTest, MakesTheTensorsThatItsDescriptionLists) {
  for (const std::vector<uint32_t>& input : std::vector<std::vector<uint32_t>>{
           {1, 64, 80, 56}, {2, 33, 20, 17}, {1, 47, 34, 63}, {3, 5, 1, 40}}) {
    const auto network = Initialised(4, input[0]);
    const torch::NoGradGuard no_gradient;
    const OperatorLog log;
    network->forward(Volumes(input));
    std::vector<Made> expected;
    std::vector<int64_t> pooled;
    for (const Layer& layer : Description(4, input).layers) {
      const std::vector<int64_t> shape(layer.output_shape.begin(), layer.output_shape.end());
      if (layer.kind == "max_pool") {
        pooled = shape;
      } else {
        expected.emplace_back(layer.kind, shape);
      }
    }
    EXPECT_EQ(log.made(), expected);
    EXPECT_EQ(log.conv_inputs().at(1), pooled);
    uint64_t values = c10::multiply_integers(pooled);
    for (const auto& [kind, shape] : log.made()) values += c10::multiply_integers(shape);
    EXPECT_EQ(sizeof(float) * values, Description(4, input).cost.activation_bytes());
  }
}

TEST(ResNet3dTest, GivesOneNumberAnItem) {
  const auto network = Initialised(2, 3);
  for (const int64_t items : {1, 2, 5}) {
    const torch::Tensor output = network->forward(Volumes({3, 40, 20, 10}, items));
    EXPECT_EQ(output.sizes(), (std::vector<int64_t>{items, 1}));
    EXPECT_EQ(output.scalar_type(), torch::kFloat32);
    EXPECT_TRUE(output.isfinite().all().item<bool>());
  }
}

TEST(ResNet3dTest, TakesTheSmallestInputOfItsDescriptionAndNoSmaller) {
  const auto network = Initialised(2, 1);
  const auto smallest = Description(2, {1, 64, 64, 64}).cost.smallest_input();
  std::vector<uint32_t> box(smallest.begin(), smallest.end());
  std::sort(box.begin(), box.end());
  const uint32_t longest = box.back();
  do {
    EXPECT_EQ(network->forward(Volumes({1, box[0], box[1], box[2]})).numel(), 1);
  } while (std::next_permutation(box.begin(), box.end()));
  // Below it, the last norm leaves no more of a volume than rounding.
  const auto spread = [&](uint32_t x, uint32_t y, uint32_t z) {
    const torch::Tensor output = network->forward(Volumes({1, x, y, z}, 2));
    return (output[0] - output[1]).abs().item<float>();
  };
  EXPECT_GT(spread(longest, 1, 1), 1e-2);
  EXPECT_LT(spread(longest - 1, 1, 1), 1e-3);
  EXPECT_LT(spread(longest - 1, longest - 1, longest - 1), 1e-3);
}

TEST(ResNet3dTest, AnItemIsPredictedFromItselfAlone) {
  const auto network = Initialised(4, 1);
  const torch::NoGradGuard no_gradient;
  const torch::Tensor volumes = Volumes({1, 40, 33, 20}, 3);
  const torch::Tensor together = network->forward(volumes);
  for (int64_t i = 0; i < 3; ++i) {
    const float alone = network->forward(volumes.narrow(0, i, 1)).item<float>();
    EXPECT_NEAR(alone, together[i][0].item<float>(), 1e-5) << i;
  }
  EXPECT_GT((together.max() - together.min()).item<float>(), 1e-3);
}

TEST(ResNet3dTest, TheScaleOfAVolumeDoesNotMatter) {
  // The norm after the stem takes it away.
  const auto network = Initialised(4, 1);
  const torch::NoGradGuard no_gradient;
  const torch::Tensor volume = Volumes({1, 40, 33, 20});
  const float plain = network->forward(volume).item<float>();
  EXPECT_NEAR(network->forward(volume * 3).item<float>(), plain, 1e-3);
}

TEST(ResNet3dTest, EveryParameterLearns) {
  const auto network = Initialised(4, 2);
  network->forward(Volumes({2, 64, 40, 40}, 2)).sum().backward();
  for (const auto& entry : network->named_parameters()) {
    ASSERT_TRUE(entry.value().grad().defined()) << entry.key();
    EXPECT_GT(entry.value().grad().abs().max().item<float>(), 0) << entry.key();
  }
}

}  // namespace
}  // namespace gyrus

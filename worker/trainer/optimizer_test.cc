#include "worker/trainer/optimizer.h"

#include <ATen/ops/_fused_adam.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/trainer/network_fixture.h"
#include "worker/trainer/train_loop.h"

namespace gyrus {
namespace {

// More than one vector register, and a rest.
const std::vector<int64_t> kLengths = {37, 1};

v1::Adam Spec(double weight_decay = 0) {
  v1::Adam spec;
  spec.set_lr(1e-3);
  spec.set_beta1(0.9);
  spec.set_beta2(0.99);
  spec.set_eps(1e-6);
  spec.set_weight_decay(weight_decay);
  return spec;
}

// Sums over the items of step `t`; now and then of another magnitude.
Gradients SumsOf(int t) {
  Gradients sums;
  for (size_t i = 0; i < kLengths.size(); ++i) {
    sums.push_back(RandomTensor(kLengths[i], absl::StrCat("sum ", t, " ", i), t % 3 == 2 ? 50 : 1));
  }
  sums[0][3] = 0;  // One weight never has a gradient.
  return sums;
}

ParametersAlone Weights() {
  ParametersAlone network(kLengths);
  const torch::NoGradGuard no_gradient;
  for (torch::Tensor& parameter : network.parameters()) {
    parameter.copy_(RandomTensor(parameter.numel(), "weights"));
  }
  return network;
}

// Algorithm 1 of the paper, in double.
class TextbookAdam {
 public:
  TextbookAdam(const Network& network, const v1::Adam& spec) : spec_(spec) {
    for (const torch::Tensor& parameter : network.parameters()) {
      for (const float value : ValuesOf(parameter)) weights_.push_back(value);
    }
    mean_.resize(weights_.size());
    square_.resize(weights_.size());
  }

  void Step(double rate, const Gradients& sums, uint32_t items) {
    ++t_;
    size_t at = 0;
    for (const torch::Tensor& sum : sums) {
      for (const float value : ValuesOf(sum)) {
        const double g = value / static_cast<double>(items) + spec_.weight_decay() * weights_[at];
        mean_[at] = spec_.beta1() * mean_[at] + (1 - spec_.beta1()) * g;
        square_[at] = spec_.beta2() * square_[at] + (1 - spec_.beta2()) * g * g;
        const double mean = mean_[at] / (1 - std::pow(spec_.beta1(), t_));
        const double square = square_[at] / (1 - std::pow(spec_.beta2(), t_));
        weights_[at] -= rate * mean / (std::sqrt(square) + spec_.eps());
        ++at;
      }
    }
  }

  // The largest difference to what a network has.
  double DifferenceTo(const Network& network) const {
    double largest = 0;
    size_t at = 0;
    for (const torch::Tensor& parameter : network.parameters()) {
      for (const float value : ValuesOf(parameter)) {
        largest = std::max(largest, std::abs(value - weights_[at++]));
      }
    }
    return largest;
  }

 private:
  const v1::Adam spec_;
  int t_ = 0;
  std::vector<double> weights_, mean_, square_;
};

TEST(AdamOptimizerTest, TakesTheStepsOfTheTextbook) {
  for (const double weight_decay : {0.0, 0.1}) {
    for (const uint32_t items : {1, 3}) {
      ParametersAlone network = Weights();
      AdamOptimizer optimizer(network, Spec(weight_decay));
      TextbookAdam textbook(network, Spec(weight_decay));
      for (int t = 0; t < 30; ++t) {
        const double rate = t < 10 ? 1e-2 : 5e-3;
        Gradients sums = SumsOf(t);
        textbook.Step(rate, sums, items);
        optimizer.Step(rate, sums, items);
        // Weights of size 1 in float32: a rounding or two a step.
        ASSERT_LT(textbook.DifferenceTo(network), 1e-6) << "step " << t << " items " << items;
      }
    }
  }
}

TEST(AdamOptimizerTest, DividesByTheItemsOnce) {
  // By a power of two, so that dividing before gives the same bits.
  ParametersAlone by_optimizer = Weights();
  ParametersAlone before = Weights();
  AdamOptimizer first(by_optimizer, Spec());
  AdamOptimizer second(before, Spec());
  for (int t = 0; t < 5; ++t) {
    Gradients sums = SumsOf(t);
    Gradients means;
    for (const torch::Tensor& sum : sums) means.push_back(sum / 4);
    first.Step(1e-3, sums, 4);
    second.Step(1e-3, means, 1);
  }
  for (size_t i = 0; i < kLengths.size(); ++i) {
    EXPECT_TRUE(SameBits(by_optimizer.parameters()[i], before.parameters()[i]));
  }
}

TEST(AdamOptimizerTest, LeavesWeightsWithoutAGradientAlone) {
  ParametersAlone network = Weights();
  const float before = network.parameters()[0][3].item<float>();
  AdamOptimizer optimizer(network, Spec());
  for (int t = 0; t < 5; ++t) {
    Gradients sums = SumsOf(t);
    optimizer.Step(1e-2, sums, 2);
  }
  EXPECT_EQ(network.parameters()[0][3].item<float>(), before);
}

TEST(AdamOptimizerTest, StateNamesWhatACheckpointHolds) {
  ParametersAlone network = Weights();
  AdamOptimizer optimizer(network, Spec());
  const NamedTensors state = optimizer.State();
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state) names.push_back(name);
  EXPECT_THAT(names, testing::ElementsAre("exp_avg/a", "exp_avg/b", "exp_avg_sq/a", "exp_avg_sq/b",
                                          "step"));
  Gradients sums = SumsOf(0);
  optimizer.Step(1e-3, sums, 1);
  // Views of what the optimiser works with.
  EXPECT_EQ(state.at("step").item<float>(), 1);
  EXPECT_GT(state.at("exp_avg_sq/b").item<float>(), 0);
}

// A step from what a checkpoint holds, with torch's operator alone.
void StepFrom(const NamedTensors& weights, const NamedTensors& state, double rate, Gradients sums,
              uint32_t items) {
  std::vector<torch::Tensor> parameters, means, squares, steps;
  for (const auto& [name, tensor] : weights) {
    parameters.push_back(tensor);
    means.push_back(state.at("exp_avg/" + name));
    squares.push_back(state.at("exp_avg_sq/" + name));
    steps.push_back(state.at("step") + 1);
  }
  state.at("step").add_(1);
  const v1::Adam spec = Spec(0.1);
  at::_fused_adam_(parameters, sums, means, squares, {}, steps, rate, spec.beta1(), spec.beta2(),
                   spec.weight_decay(), spec.eps(), false, false,
                   torch::tensor(static_cast<float>(items)));
}

NamedTensors ThroughAFile(const NamedTensors& tensors) {
  std::string bytes;
  EXPECT_TRUE(WriteSafetensors(tensors, [&bytes](absl::string_view piece) {
                bytes.append(piece.data(), piece.size());
                return absl::OkStatus();
              }).ok());
  auto read = ParseSafetensors(bytes);
  EXPECT_TRUE(read.ok()) << read.status();
  return *std::move(read);
}

TEST(AdamOptimizerTest, ContinuedFromItsStateGivesTheSameBitsAsNotStopping) {
  ParametersAlone network = Weights();
  AdamOptimizer optimizer(network, Spec(0.1));
  for (int t = 0; t < 4; ++t) {
    Gradients sums = SumsOf(t);
    optimizer.Step(1e-2, sums, 3);
  }
  const NamedTensors weights = ThroughAFile(WeightsOf(network));
  const NamedTensors state = ThroughAFile(optimizer.State());
  for (int t = 4; t < 10; ++t) {
    StepFrom(weights, state, 5e-3, SumsOf(t), 3);
    Gradients sums = SumsOf(t);
    optimizer.Step(5e-3, sums, 3);
  }
  for (const auto& [name, tensor] : WeightsOf(network)) {
    EXPECT_TRUE(SameBits(tensor, weights.at(name))) << name;
  }
  for (const auto& [name, tensor] : optimizer.State()) {
    EXPECT_TRUE(SameBits(tensor, state.at(name))) << name;
  }
}

v1::Schedule Steps(uint32_t every, double factor) {
  v1::Schedule schedule;
  schedule.mutable_step()->set_every(every);
  schedule.mutable_step()->set_factor(factor);
  return schedule;
}

TEST(LearningRateTest, IsConstantWithoutSteps) {
  v1::Schedule constant;
  constant.mutable_constant();
  for (const uint32_t epoch : {0, 1, 59}) {
    EXPECT_EQ(LearningRate(constant, 3e-4, epoch), 3e-4);
    EXPECT_EQ(LearningRate(v1::Schedule(), 3e-4, epoch), 3e-4);
  }
}

TEST(LearningRateTest, HalvesEveryFifteenEpochs) {
  const v1::Schedule schedule = Steps(15, 0.5);
  const std::map<uint32_t, double> rates = {{0, 1e-4},     {14, 1e-4},   {15, 5e-5},
                                            {29, 5e-5},    {30, 2.5e-5}, {44, 2.5e-5},
                                            {45, 1.25e-5}, {59, 1.25e-5}};
  for (const auto& [epoch, rate] : rates) EXPECT_EQ(LearningRate(schedule, 1e-4, epoch), rate);
}

TEST(LearningRateTest, IsARepeatedProductBitForBit) {
  double rate = 0.3;
  for (uint32_t epoch = 0; epoch < 40; ++epoch) {
    EXPECT_EQ(LearningRate(Steps(1, 0.9), 0.3, epoch), rate) << epoch;
    rate *= 0.9;
  }
}

}  // namespace
}  // namespace gyrus

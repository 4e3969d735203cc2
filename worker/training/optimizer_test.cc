#include "worker/training/optimizer.h"

#include <ATen/ops/_fused_adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>
#include <torch/utils.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/training/testing/network_fixture.h"
#include "worker/training/weights.h"

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

v1::Optimizer OptimizerOf(const std::string& kind) {
  v1::Optimizer spec;
  if (kind == "adam") *spec.mutable_adam() = Spec(0.1);
  if (kind == "adamw") *spec.mutable_adamw() = Spec(0.1);
  if (kind == "sgd" || kind == "nesterov") {
    spec.mutable_sgd()->set_momentum(0.9);
    spec.mutable_sgd()->set_nesterov(kind == "nesterov");
  }
  if (kind == "plain") spec.mutable_sgd()->set_weight_decay(0.1);
  return spec;
}

TEST(OptimizerStateTest, LoadedElsewhereContinuesWithTheSameBits) {
  for (const char* kind : {"adam", "adamw", "sgd", "nesterov", "plain"}) {
    // The second parameter learns from the third step on.
    const auto step = [](Optimizer& optimizer, int t) {
      Gradients sums = SumsOf(t);
      const std::vector<double> factors = {1, t < 2 ? 0.0 : 0.5};
      optimizer.Step(1e-2, sums, 3, factors);
    };
    for (int stop = 0; stop < 5; ++stop) {
      ParametersAlone whole = Weights(), first = Weights(), second = Weights();
      const auto without = MakeOptimizer(whole, OptimizerOf(kind));
      for (int t = 0; t < 5; ++t) step(*without, t);
      const auto before = MakeOptimizer(first, OptimizerOf(kind));
      for (int t = 0; t < stop; ++t) step(*before, t);
      const auto after = MakeOptimizer(second, OptimizerOf(kind));
      ASSERT_TRUE(after->LoadState(ThroughAFile(before->State())).ok()) << kind;
      ASSERT_TRUE(CopyTensors(WeightsOf(first), WeightsOf(second)).ok());
      for (int t = stop; t < 5; ++t) step(*after, t);
      for (size_t i = 0; i < kLengths.size(); ++i) {
        EXPECT_TRUE(SameBits(whole.parameters()[i], second.parameters()[i]))
            << kind << " stopped after " << stop;
      }
    }
  }
}

TEST(OptimizerStateTest, TheStateOfAnotherOptimizerIsRefused) {
  ParametersAlone network = Weights();
  const auto adam = MakeOptimizer(network, OptimizerOf("adam"));
  const auto sgd = MakeOptimizer(network, OptimizerOf("sgd"));
  EXPECT_EQ(adam->LoadState(sgd->State()).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(sgd->LoadState(adam->State()).code(), absl::StatusCode::kDataLoss);
}

// Against torch's own optimisers of the C++ API.
TEST(AdamOptimizerTest, DecoupledDecayIsThatOfAdamW) {
  ParametersAlone network = Weights();
  ParametersAlone peer = Weights();
  const v1::Adam spec = Spec(0.1);
  AdamOptimizer optimizer(network, spec, AdamOptimizer::Decay::kDecoupled);
  torch::optim::AdamW theirs(peer.parameters(),
                             torch::optim::AdamWOptions(1e-2)
                                 .betas(std::make_tuple(spec.beta1(), spec.beta2()))
                                 .eps(spec.eps())
                                 .weight_decay(spec.weight_decay()));
  for (int t = 0; t < 10; ++t) {
    Gradients sums = SumsOf(t);
    for (size_t i = 0; i < sums.size(); ++i) peer.parameters()[i].mutable_grad() = sums[i] / 3;
    theirs.step();
    optimizer.Step(1e-2, sums, 3);
    for (size_t i = 0; i < kLengths.size(); ++i) {
      ASSERT_TRUE(torch::allclose(network.parameters()[i], peer.parameters()[i], 1e-5, 1e-6)) << t;
    }
  }
}

TEST(SgdOptimizerTest, TakesTheStepsOfTorch) {
  for (const double momentum : {0.0, 0.9}) {
    for (const bool nesterov : {false, true}) {
      if (nesterov && momentum == 0) continue;
      ParametersAlone network = Weights();
      ParametersAlone peer = Weights();
      v1::Sgd spec;
      spec.set_momentum(momentum);
      spec.set_nesterov(nesterov);
      spec.set_weight_decay(0.05);
      SgdOptimizer optimizer(network, spec);
      torch::optim::SGD theirs(
          peer.parameters(),
          torch::optim::SGDOptions(1e-2).momentum(momentum).nesterov(nesterov).weight_decay(0.05));
      for (int t = 0; t < 10; ++t) {
        Gradients sums = SumsOf(t);
        for (size_t i = 0; i < sums.size(); ++i) peer.parameters()[i].mutable_grad() = sums[i] / 4;
        theirs.step();
        optimizer.Step(1e-2, sums, 4);
        for (size_t i = 0; i < kLengths.size(); ++i) {
          ASSERT_TRUE(torch::allclose(network.parameters()[i], peer.parameters()[i], 1e-5, 1e-6))
              << t << " momentum " << momentum << " nesterov " << nesterov;
        }
      }
      EXPECT_EQ(optimizer.State().size(), momentum > 0 ? 3 : 0);
    }
  }
}

TEST(MakeOptimizerTest, MakesTheOneThatIsAskedFor) {
  ParametersAlone network = Weights();
  v1::Optimizer spec;
  *spec.mutable_sgd() = v1::Sgd();
  EXPECT_NE(dynamic_cast<SgdOptimizer*>(MakeOptimizer(network, spec).get()), nullptr);
  *spec.mutable_adam() = Spec();
  EXPECT_NE(dynamic_cast<AdamOptimizer*>(MakeOptimizer(network, spec).get()), nullptr);
  *spec.mutable_adamw() = Spec(0.1);
  const auto made = MakeOptimizer(network, spec);
  ParametersAlone peer = Weights();
  AdamOptimizer decoupled(peer, Spec(0.1), AdamOptimizer::Decay::kDecoupled);
  ParametersAlone other = Weights();
  AdamOptimizer l2(other, Spec(0.1));
  for (Optimizer* const optimizer :
       std::initializer_list<Optimizer*>{made.get(), &decoupled, &l2}) {
    Gradients sums = SumsOf(0);
    optimizer->Step(1e-2, sums, 1);
  }
  EXPECT_TRUE(SameBits(network.parameters()[0], peer.parameters()[0]));
  EXPECT_FALSE(SameBits(network.parameters()[0], other.parameters()[0]));
}

TEST(ClipNormTest, ScalesWhatIsLongerAndNothingElse) {
  // Means of 3 and 4, over two items.
  Gradients sums = {torch::full({1}, 6.0f), torch::full({1}, 8.0f)};
  EXPECT_FLOAT_EQ(ClipNorm(10, 2, sums), 5);
  EXPECT_EQ(sums[0].item<float>(), 6);
  EXPECT_FLOAT_EQ(ClipNorm(1, 2, sums), 5);
  EXPECT_NEAR(sums[0].item<float>(), 6 / 5.0, 1e-6);
  EXPECT_NEAR(sums[1].item<float>(), 8 / 5.0, 1e-6);
  Gradients zeros = {torch::zeros({3})};
  EXPECT_EQ(ClipNorm(1, 2, zeros), 0);
  EXPECT_EQ(zeros[0][1].item<float>(), 0);
}

// Steps with a factor for each of the two parameters.
template <typename Optimizer, typename Spec>
void ExpectFactors(const Spec& spec) {
  ParametersAlone frozen = Weights(), slow = Weights(), plain = Weights();
  Optimizer of_frozen(frozen, spec), of_slow(slow, spec), of_plain(plain, spec);
  const std::vector<float> first = ValuesOf(frozen.parameters()[0]);
  for (int t = 0; t < 4; ++t) {
    Gradients a = SumsOf(t), b = SumsOf(t), c = SumsOf(t);
    of_frozen.Step(1e-2, a, 2, {0, 1});
    of_slow.Step(1e-2, b, 2, {0.5, 1});
    of_plain.Step(5e-3, c, 2, {});
  }
  EXPECT_EQ(ValuesOf(frozen.parameters()[0]), first);
  EXPECT_NE(ValuesOf(frozen.parameters()[1]), ValuesOf(Weights().parameters()[1]));
  EXPECT_TRUE(SameBits(slow.parameters()[0], plain.parameters()[0]));
  EXPECT_FALSE(SameBits(slow.parameters()[1], plain.parameters()[1]));
  EXPECT_TRUE(SameBits(slow.parameters()[1], frozen.parameters()[1]));
  // A parameter that is unfrozen later learns as from its first step.
  Gradients late = SumsOf(7), fresh = SumsOf(7);
  of_frozen.Step(5e-3, late, 2, {1, 0});
  ParametersAlone new_weights = Weights();
  Optimizer of_new(new_weights, spec);
  of_new.Step(5e-3, fresh, 2, {});
  EXPECT_TRUE(SameBits(frozen.parameters()[0], new_weights.parameters()[0]));
}

TEST(RateTest, AdamLeavesAloneWhatIsFrozenAndScalesTheRest) {
  ExpectFactors<AdamOptimizer>(Spec(0.1));
}

TEST(RateTest, SgdLeavesAloneWhatIsFrozenAndScalesTheRest) {
  v1::Sgd spec;
  spec.set_momentum(0.9);
  spec.set_nesterov(true);
  spec.set_weight_decay(0.1);
  ExpectFactors<SgdOptimizer>(spec);
}

}  // namespace
}  // namespace gyrus

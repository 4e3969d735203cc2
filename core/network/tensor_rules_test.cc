#include "core/network/tensor_rules.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kNames = {"conv1.weight", "layer1.0.conv1.weight", "fc.weight",
                                         "fc.bias"};

v1::Train TrainOf(const std::string& text) {
  v1::Train train;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &train)) << text;
  return train;
}

TEST(TensorRulesTest, AreOneWithoutRules) {
  EXPECT_THAT(RateFactors(kNames, v1::Train(), 0), ElementsAre(1, 1, 1, 1));
}

TEST(TensorRulesTest, TensorsUnfreezeOneRuleAfterTheOther) {
  const v1::Train train = TrainOf(
      "freeze { tensors: 'conv1.*' epochs: 4 } freeze { tensors: 'layer*' epochs: 2 } "
      "freeze { tensors: '*.bias' epochs: 0 }");
  EXPECT_THAT(RateFactors(kNames, train, 0), ElementsAre(0, 0, 1, 0));
  EXPECT_THAT(RateFactors(kNames, train, 2), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(RateFactors(kNames, train, 4), ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(RateFactors(kNames, train, 999), ElementsAre(1, 1, 1, 0));
}

TEST(TensorRulesTest, RatesMultiply) {
  const v1::Train train = TrainOf(
      "rates { tensors: 'fc.*' factor: 10 } rates { tensors: ['*.bias', 'conv1*'] factor: "
      "0.5 }");
  EXPECT_THAT(RateFactors(kNames, train, 0), ElementsAre(0.5, 1, 10, 5));
}

// conv1.weight, bn1's four, fc.weight, fc.bias.
Graph SmallGraph() {
  Node conv, norm, head;
  conv.parameters = {{"conv1.weight", {}}};
  norm.parameters = {{"bn1.weight", {}}, {"bn1.bias", {}}};
  norm.buffers = {{"bn1.running_mean", {4}}, {"bn1.running_var", {4}}};
  head.parameters = {{"fc.weight", {}}, {"fc.bias", {}}};
  Graph graph;
  graph.nodes = {conv, norm, head};
  return graph;
}

std::string Refusal(const v1::Train& train, const v1::Init& init = {}) {
  return std::string(CheckTensorRules(SmallGraph(), train, init).message());
}

TEST(TensorRulesTest, ParametersAreNamedInTheOrderOfTheForwardPass) {
  EXPECT_THAT(ParameterNames(SmallGraph()),
              ElementsAre("conv1.weight", "bn1.weight", "bn1.bias", "fc.weight", "fc.bias"));
}

TEST(TensorRulesTest, APatternThatFitsNothingAndANetworkThatLearnsNothingAreRefused) {
  EXPECT_EQ(Refusal(v1::Train()), "");
  EXPECT_THAT(
      Refusal(TrainOf("freeze { tensors: 'layr1.*' }")),
      HasSubstr("train.freeze: 'layr1.*' fits no tensor that learns, such as conv1.weight"));
  EXPECT_THAT(Refusal(TrainOf("freeze { tensors: 'bn1.running_mean' }")),
              HasSubstr("fits no tensor that learns"));
  EXPECT_THAT(Refusal(TrainOf("rates { tensors: 'x' factor: 2 }")), HasSubstr("train.rates: 'x'"));
  EXPECT_THAT(Refusal(TrainOf("freeze { tensors: '*' }")),
              HasSubstr("leaves no tensor that learns"));
}

TEST(TensorRulesTest, SkippedTensorsMayBeRunningMeans) {
  v1::Init init;
  init.add_skip("bn1.running_mean");
  EXPECT_EQ(Refusal(v1::Train(), init), "");
  init.add_skip("bn2.*");
  EXPECT_THAT(Refusal(v1::Train(), init), HasSubstr("init.skip: 'bn2.*'"));
}

}  // namespace
}  // namespace gyrus

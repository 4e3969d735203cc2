#include "worker/trainer/rate_factors.h"

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

TEST(RateFactorsTest, AreOneWithoutRules) {
  EXPECT_THAT(RateFactors(kNames, v1::Train(), 0), ElementsAre(1, 1, 1, 1));
  EXPECT_TRUE(CheckRateFactors(kNames, v1::Train()).ok());
}

TEST(RateFactorsTest, TensorsUnfreezeOneRuleAfterTheOther) {
  const v1::Train train = TrainOf(
      "freeze { tensors: 'conv1.*' epochs: 4 } freeze { tensors: 'layer*' epochs: 2 } "
      "freeze { tensors: '*.bias' epochs: 0 }");
  EXPECT_THAT(RateFactors(kNames, train, 0), ElementsAre(0, 0, 1, 0));
  EXPECT_THAT(RateFactors(kNames, train, 2), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(RateFactors(kNames, train, 4), ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(RateFactors(kNames, train, 999), ElementsAre(1, 1, 1, 0));
}

TEST(RateFactorsTest, RatesMultiply) {
  const v1::Train train = TrainOf(
      "rates { tensors: 'fc.*' factor: 10 } rates { tensors: ['*.bias', 'conv1*'] factor: "
      "0.5 }");
  EXPECT_THAT(RateFactors(kNames, train, 0), ElementsAre(0.5, 1, 10, 5));
}

TEST(RateFactorsTest, APatternThatFitsNothingAndANetworkThatLearnsNothingAreRefused) {
  EXPECT_THAT(
      std::string(CheckRateFactors(kNames, TrainOf("freeze { tensors: 'layr1.*' }")).message()),
      HasSubstr("train.freeze: 'layr1.*' fits no tensor of the network, such as conv1.weight"));
  EXPECT_THAT(
      std::string(CheckRateFactors(kNames, TrainOf("rates { tensors: 'x' factor: 2 }")).message()),
      HasSubstr("train.rates: 'x'"));
  EXPECT_THAT(std::string(CheckRateFactors(kNames, TrainOf("freeze { tensors: '*' }")).message()),
              HasSubstr("leaves no tensor that learns"));
}

}  // namespace
}  // namespace gyrus

#include "worker/training/learning_rate.h"

#include <cmath>
#include <map>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr uint32_t kEpochs = 60;

v1::Schedule Steps(uint32_t every, double factor) {
  v1::Schedule schedule;
  schedule.mutable_step()->set_every(every);
  schedule.mutable_step()->set_factor(factor);
  return schedule;
}

double RateOf(const v1::Schedule& schedule, double base, uint32_t epoch, uint32_t epochs,
              uint32_t warmup = 0) {
  v1::Train train;
  *train.mutable_schedule() = schedule;
  train.mutable_optimizer()->mutable_adam()->set_lr(base);
  train.set_epochs(epochs);
  train.set_warmup(warmup);
  return LearningRate(train, epoch);
}

TEST(LearningRateTest, IsConstantWithoutSteps) {
  v1::Schedule constant;
  constant.mutable_constant();
  for (const uint32_t epoch : {0, 1, 59}) {
    EXPECT_EQ(RateOf(constant, 3e-4, epoch, kEpochs), 3e-4);
    EXPECT_EQ(RateOf(v1::Schedule(), 3e-4, epoch, kEpochs), 3e-4);
  }
}

TEST(LearningRateTest, HalvesEveryFifteenEpochs) {
  const v1::Schedule schedule = Steps(15, 0.5);
  const std::map<uint32_t, double> rates = {{0, 1e-4},     {14, 1e-4},   {15, 5e-5},
                                            {29, 5e-5},    {30, 2.5e-5}, {44, 2.5e-5},
                                            {45, 1.25e-5}, {59, 1.25e-5}};
  for (const auto& [epoch, rate] : rates) {
    EXPECT_EQ(RateOf(schedule, 1e-4, epoch, kEpochs), rate);
  }
}

TEST(LearningRateTest, IsARepeatedProductBitForBit) {
  double rate = 0.3;
  for (uint32_t epoch = 0; epoch < 40; ++epoch) {
    EXPECT_EQ(RateOf(Steps(1, 0.9), 0.3, epoch, kEpochs), rate) << epoch;
    rate *= 0.9;
  }
}

TEST(LearningRateTest, PolyFallsToNothingAtTheEnd) {
  v1::Schedule poly;
  poly.mutable_poly()->set_power(0.9);
  EXPECT_EQ(RateOf(poly, 0.5, 0, 1000), 0.5);
  // nnU-Net's: 0.01 * (1 - 500 / 1000)^0.9.
  EXPECT_NEAR(RateOf(poly, 0.01, 500, 1000), 0.0053588673126814655, 1e-9);
  EXPECT_NEAR(RateOf(poly, 0.01, 999, 1000), 1.9952623149688788e-05, 1e-11);
}

TEST(LearningRateTest, CosineIsHalfwayInTheMiddle) {
  v1::Schedule cosine;
  cosine.mutable_cosine()->set_least(0);
  EXPECT_EQ(RateOf(cosine, 0.5, 0, kEpochs), 0.5);
  EXPECT_NEAR(RateOf(cosine, 0.5, 30, kEpochs), 0.25, 1e-7);
  EXPECT_NEAR(RateOf(cosine, 0.5, 15, kEpochs), 0.25 * (1 + std::sqrt(0.5)), 1e-7);
  cosine.mutable_cosine()->set_least(0.2);
  EXPECT_NEAR(RateOf(cosine, 0.5, 30, kEpochs), 0.5 * 0.6, 1e-7);
  EXPECT_GT(RateOf(cosine, 0.5, 59, kEpochs), 0.1);
}

TEST(LearningRateTest, WarmsUpEvenly) {
  v1::Schedule schedule;
  schedule.mutable_constant();
  EXPECT_DOUBLE_EQ(RateOf(schedule, 0.4, 0, kEpochs, 3), 0.1);
  EXPECT_DOUBLE_EQ(RateOf(schedule, 0.4, 1, kEpochs, 3), 0.2);
  EXPECT_DOUBLE_EQ(RateOf(schedule, 0.4, 2, kEpochs, 3), 0.3);
  EXPECT_DOUBLE_EQ(RateOf(schedule, 0.4, 3, kEpochs, 3), 0.4);
}

TEST(LearningRateTest, BeginsWithThatOfTheOptimiserThatIsThere) {
  v1::Train train;
  train.mutable_optimizer()->mutable_adamw()->set_lr(2);
  EXPECT_EQ(LearningRate(train, 0), 2);
  train.mutable_optimizer()->mutable_sgd()->set_lr(3);
  EXPECT_EQ(LearningRate(train, 0), 3);
}

}  // namespace
}  // namespace gyrus

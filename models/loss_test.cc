#include "models/loss.h"

#include <initializer_list>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;

torch::Tensor Values(std::initializer_list<float> values) {
  return torch::tensor(std::vector<float>(values), torch::kFloat32);
}

float Loss(v1::Loss loss, const torch::Tensor& prediction, const torch::Tensor& target) {
  const torch::Tensor sum = SumLoss(loss, prediction, target);
  EXPECT_EQ(sum.dim(), 0);
  return sum.item<float>();
}

// d loss / d prediction.
std::vector<float> Slopes(v1::Loss loss, torch::Tensor prediction, const torch::Tensor& target) {
  prediction.requires_grad_();
  SumLoss(loss, prediction, target).backward();
  const torch::Tensor grad = prediction.grad();
  return {grad.data_ptr<float>(), grad.data_ptr<float>() + grad.numel()};
}

TEST(SumLossTest, L1IsTheSumOfAbsoluteErrors) {
  // |3 - 1| + |-2 - 0.5| + |4 - 4|
  EXPECT_EQ(Loss(v1::LOSS_L1, Values({3, -2, 4}), Values({1, 0.5, 4})), 4.5f);
}

TEST(SumLossTest, MseIsTheSumOfSquaredErrors) {
  // 2^2 + 2.5^2 + 0
  EXPECT_EQ(Loss(v1::LOSS_MSE, Values({3, -2, 4}), Values({1, 0.5, 4})), 10.25f);
}

TEST(SumLossTest, OneItemIsItsOwnSum) {
  EXPECT_EQ(Loss(v1::LOSS_L1, Values({-7}), Values({-4})), 3);
  EXPECT_EQ(Loss(v1::LOSS_MSE, Values({-7}), Values({-4})), 9);
}

TEST(SumLossTest, TheSumOfTheItemsIsTheLossOfTheBatch) {
  // What lets leaves of any size be added: a mean would weigh a short leaf more.
  for (const v1::Loss loss : {v1::LOSS_L1, v1::LOSS_MSE}) {
    const float batch = Loss(loss, Values({3, -2, 4}), Values({1, 0.5, 2}));
    const float first = Loss(loss, Values({3, -2}), Values({1, 0.5}));
    EXPECT_EQ(first + Loss(loss, Values({4}), Values({2})), batch) << loss;
  }
}

TEST(SumLossTest, L1PullsEachItemByOne) {
  // None where the error is none.
  EXPECT_THAT(Slopes(v1::LOSS_L1, Values({3, -2, 4}), Values({1, 0.5, 4})), ElementsAre(1, -1, 0));
}

TEST(SumLossTest, MsePullsEachItemByTwiceItsError) {
  EXPECT_THAT(Slopes(v1::LOSS_MSE, Values({3, -2, 4}), Values({1, 0.5, 4})), ElementsAre(4, -5, 0));
}

}  // namespace
}  // namespace gyrus

#include "worker/training/gradient_sum.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/collective/local_collective.h"
#include "worker/training/testing/network_fixture.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;

const std::vector<int64_t> kLengths = {5, 300};

// Sets the gradients as the backward pass of leaf `leaf` would. Their sum depends on
// the order of addition.
void SetGradients(Network& network, int leaf) {
  for (torch::Tensor& parameter : network.parameters()) {
    parameter.mutable_grad() =
        RandomTensor(parameter.numel(), absl::StrCat("leaf ", leaf, " ", parameter.numel()),
                     leaf % 2 ? 1e-4 : 1);
  }
}

void SetGradient(Network& network, float value) {
  for (torch::Tensor& parameter : network.parameters()) {
    parameter.mutable_grad() = torch::full_like(parameter, value);
  }
}

// The sum over `leaves` leaves divided among `world` ranks in runs, on each rank.
std::vector<Gradients> Sum(int leaves, int world, SumOrder order = SumOrder::kTree) {
  auto group = MakeLocalGroup(world);
  std::vector<Gradients> sums(world);
  std::vector<std::thread> threads;
  const int each = leaves < world ? 1 : leaves / world;
  for (int rank = 0; rank < world; ++rank) {
    threads.emplace_back([&, rank] {
      const std::unique_ptr<Collective> collective = std::move(group[rank]);
      ParametersAlone network(kLengths);
      GradientSum gradients(network, *collective, order);
      for (int leaf = rank * each; leaf < std::min(leaves, (rank + 1) * each); ++leaf) {
        SetGradients(network, leaf);
        gradients.PushLeaf();
      }
      StepTotals totals = {.loss = 1.5F, .checkpoints = rank == 0 ? 1.0F : 0.0F};
      auto sum = gradients.Finish(std::min(leaves, world), totals);
      EXPECT_EQ(totals.loss, 1.5F * std::min(leaves, world));
      EXPECT_EQ(totals.checkpoints, 1);
      ASSERT_TRUE(sum.ok()) << sum.status();
      sums[rank] = *std::move(sum);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return sums;
}

float TreeOfFour(SumOrder order, const std::vector<float>& leaves) {
  ParametersAlone network({1});
  const auto group = MakeLocalGroup(1);
  GradientSum gradients(network, *group[0], order);
  for (const float value : leaves) {
    SetGradient(network, value);
    gradients.PushLeaf();
  }
  StepTotals totals;
  return (*gradients.Finish(1, totals))[0].item<float>();
}

TEST(GradientSumTest, AddsAlongTheTree) {
  // (1e8 + 1) and (-1e8 + 1) round to the large number; their sum is none.
  EXPECT_EQ(TreeOfFour(SumOrder::kTree, {1e8f, 1, -1e8f, 1}), 0);
  // ((1e8 + 1) - 1e8) + 1
  EXPECT_EQ(TreeOfFour(SumOrder::kSequential, {1e8f, 1, -1e8f, 1}), 1);
  EXPECT_EQ(TreeOfFour(SumOrder::kTree, {1, 2, 3}), 6);
}

TEST(GradientSumTest, IsTheSameBitsForEveryWorldSizeOnEveryRank) {
  const Gradients one = Sum(8, 1)[0];
  for (const int world : {2, 4, 8}) {
    for (const Gradients& sum : Sum(8, world)) {
      for (size_t i = 0; i < kLengths.size(); ++i) EXPECT_TRUE(SameBits(sum[i], one[i])) << world;
    }
  }
}

TEST(GradientSumTest, ARankWithoutALeafGetsTheSumToo) {
  // A short last batch: two leaves, four ranks.
  const Gradients one = Sum(2, 1)[0];
  const std::vector<Gradients> sums = Sum(2, 4);
  for (const Gradients& sum : sums) {
    for (size_t i = 0; i < kLengths.size(); ++i) EXPECT_TRUE(SameBits(sum[i], one[i]));
  }
}

TEST(GradientSumTest, TakesTheGradientsAway) {
  ParametersAlone network({2});
  const auto group = MakeLocalGroup(1);
  GradientSum gradients(network, *group[0], SumOrder::kTree);
  SetGradient(network, 3);
  gradients.PushLeaf();
  // Or the next backward pass would add to them.
  EXPECT_FALSE(network.parameters()[0].grad().defined());
}

TEST(GradientSumTest, EachBatchStartsAnew) {
  ParametersAlone network({2});
  const auto group = MakeLocalGroup(1);
  for (const SumOrder order : {SumOrder::kTree, SumOrder::kSequential}) {
    GradientSum gradients(network, *group[0], order);
    for (const float value : {3.0f, 5.0f}) {
      SetGradient(network, value);
      gradients.PushLeaf();
      StepTotals totals;
      EXPECT_THAT(ValuesOf((*gradients.Finish(1, totals))[0]), ElementsAre(value, value));
    }
  }
}

TEST(GradientSumTest, AParameterThatTheLossDoesNotUseHasNoGradient) {
  ParametersAlone network({2, 3});
  const auto group = MakeLocalGroup(1);
  GradientSum gradients(network, *group[0], SumOrder::kTree);
  network.parameters()[1].mutable_grad() = torch::ones({3});
  gradients.PushLeaf();
  StepTotals totals;
  const Gradients sum = *gradients.Finish(1, totals);
  EXPECT_THAT(ValuesOf(sum[0]), ElementsAre(0, 0));
  EXPECT_THAT(ValuesOf(sum[1]), ElementsAre(1, 1, 1));
}

TEST(GradientSumTest, TakesGradientsOfAnyLayout) {
  // As an operator may leave them: the same numbers, with steps between them.
  auto group = MakeLocalGroup(2);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < 2; ++rank) {
    threads.emplace_back([&group, rank] {
      const std::unique_ptr<Collective> collective = std::move(group[rank]);
      ParametersAlone network({3});
      GradientSum gradients(network, *collective, SumOrder::kTree);
      network.parameters()[0].mutable_grad() = torch::arange(6, torch::kFloat32).slice(0, 0, 6, 2);
      gradients.PushLeaf();
      StepTotals totals;
      const auto sum = gradients.Finish(2, totals);
      ASSERT_TRUE(sum.ok()) << sum.status();
      EXPECT_THAT(ValuesOf(sum->at(0)), ElementsAre(0, 4, 8));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(GradientSumTest, ALostRankIsAnError) {
  auto group = MakeLocalGroup(2);
  group.pop_back();
  ParametersAlone network({3});
  GradientSum gradients(network, *group[0], SumOrder::kTree);
  SetGradient(network, 1);
  gradients.PushLeaf();
  StepTotals totals;
  EXPECT_EQ(gradients.Finish(2, totals).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace gyrus

#include "worker/training/leaf.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(MakeLeafTest, PutsItemsSideBySide) {
  v1::Item first, second;
  first.set_target(3);
  first.add_covariates(1);
  first.add_covariates(-2);
  second.add_covariates(0.5);
  second.add_covariates(4);
  const torch::Tensor a = torch::rand({2, 3, 4, 5}), b = torch::rand({2, 3, 4, 5});
  const Leaf leaf = MakeLeaf(v1::TrialSpec(), {&first, &second}, {a, b}, CpuDevice());
  EXPECT_TRUE(leaf.volumes.equal(torch::stack({a, b})));
  EXPECT_FALSE(leaf.targets.labels.defined());
  EXPECT_EQ(leaf.targets.numbers[0].item<float>(), 3);
  EXPECT_TRUE(std::isnan(leaf.targets.numbers[1].item<float>()));
  EXPECT_TRUE(leaf.covariates.equal(torch::tensor({{1.0f, -2.0f}, {0.5f, 4.0f}})));
}

TEST(MakeLeafTest, TheLastChannelIsTheLabelImage) {
  v1::TrialSpec trial;
  trial.mutable_recipe()->add_labels("tissue");
  const v1::Item item;
  for (const int64_t items : {1, 2}) {
    const std::vector<torch::Tensor> volumes(items, torch::rand({3, 4, 2, 2}));
    const Leaf leaf =
        MakeLeaf(trial, std::vector<const v1::Item*>(items, &item), volumes, CpuDevice());
    EXPECT_TRUE(leaf.volumes[items - 1].equal(volumes[0].narrow(0, 0, 2)));
    EXPECT_TRUE(leaf.volumes.is_contiguous());
    EXPECT_TRUE(leaf.targets.labels[items - 1].equal(volumes[0][2]));
    EXPECT_FALSE(leaf.covariates.defined());
  }
}

}  // namespace
}  // namespace gyrus

// Against torch's own, bit for bit.
#include "models/max_pool3d.h"

#include <torch/utils.h>

#include <limits>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

struct Pooled {
  torch::Tensor values;
  torch::Tensor gradient;
};

template <typename Fn>
Pooled Run(const torch::Tensor& x, Fn pool) {
  torch::Tensor input = x.clone().requires_grad_(true);
  const torch::Tensor values = pool(input);
  torch::manual_seed(7);
  values.backward(torch::randn(values.sizes()));
  return {values.detach(), input.grad()};
}

bool SameBits(const torch::Tensor& a, const torch::Tensor& b) {
  return a.sizes() == b.sizes() && torch::equal(a.view(torch::kInt32), b.view(torch::kInt32));
}

void ExpectAsTorch(const torch::Tensor& x) {
  const Pooled ours = Run(x, MaxPool3d);
  const Pooled torchs =
      Run(x, [](const torch::Tensor& input) { return torch::max_pool3d(input, 3, 2, 1); });
  EXPECT_TRUE(SameBits(ours.values, torchs.values)) << x.sizes();
  EXPECT_TRUE(SameBits(ours.gradient, torchs.gradient)) << x.sizes();
}

TEST(MaxPool3dTest, IsTorchsForLengthsOfAnyKind) {
  torch::manual_seed(1);
  for (const int64_t x : {1, 2, 5, 8}) {
    for (const int64_t y : {1, 4, 7}) {
      for (const int64_t z : {1, 2, 3, 33, 64}) ExpectAsTorch(torch::randn({2, 3, x, y, z}));
    }
  }
}

TEST(MaxPool3dTest, OfEqualVoxelsTheSameOneTakesTheGradient) {
  torch::manual_seed(1);
  // Few values, so that nearly every window has its largest several times.
  ExpectAsTorch(torch::randint(3, {2, 4, 9, 8, 21}).to(torch::kFloat32));
  ExpectAsTorch(torch::zeros({1, 1, 6, 6, 6}));
  ExpectAsTorch(torch::full({1, 1, 5, 4, 3}, -std::numeric_limits<float>::infinity()));
}

TEST(MaxPool3dTest, WhatIsNoNumberComesThrough) {
  torch::manual_seed(1);
  torch::Tensor x = torch::randn({1, 2, 7, 6, 20});
  x[0][0][3][3][9] = std::numeric_limits<float>::quiet_NaN();
  x[0][1][6][5][19] = std::numeric_limits<float>::quiet_NaN();
  const torch::Tensor ours = MaxPool3d(x);
  const torch::Tensor torchs = torch::max_pool3d(x, 3, 2, 1);
  EXPECT_TRUE(torch::equal(ours.isnan(), torchs.isnan()));
  EXPECT_TRUE(torch::equal(ours.nan_to_num(), torchs.nan_to_num()));
  EXPECT_GT(ours.isnan().sum().item<int64_t>(), 1);
}

}  // namespace
}  // namespace gyrus

#include "models/transfer/adapt.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

torch::Tensor Random(at::IntArrayRef shape) {
  return torch::rand(shape, at::detail::createCPUGenerator(1)) - 0.5;
}

// `shape` outlives the expression that this stands in.
KernelPlace InputKernel(at::IntArrayRef shape) { return {.shape = shape, .reads_input = true}; }

TEST(AdaptKernelTest, EqualChannelsAreAnsweredAsBefore) {
  for (const auto& [given, wanted] : {std::pair{1, 3}, {3, 1}, {3, 2}}) {
    const torch::Tensor kernel = Random({4, given, 3, 3, 3});
    const auto adapted = AdaptKernel(InputKernel({4, wanted, 3, 3, 3}), kernel);
    ASSERT_TRUE(adapted.has_value());
    EXPECT_TRUE(adapted->channels);
    EXPECT_FALSE(adapted->inflated);
    const torch::Tensor image = Random({1, 1, 6, 5, 7});
    const torch::Tensor before = torch::conv3d(image.expand({1, given, 6, 5, 7}), kernel);
    const torch::Tensor after = torch::conv3d(image.expand({1, wanted, 6, 5, 7}), adapted->tensor);
    EXPECT_TRUE(before.allclose(after, 1e-5, 1e-6)) << given << " to " << wanted;
  }
}

TEST(AdaptKernelTest, AVolumeThatIsConstantAlongTheThirdAxisHasTheSameOutput) {
  const torch::Tensor kernel = Random({4, 2, 3, 3});
  const auto adapted = AdaptKernel({.shape = {4, 2, 3, 3, 3}}, kernel);
  ASSERT_TRUE(adapted.has_value());
  EXPECT_TRUE(adapted->inflated);
  const torch::Tensor image = Random({1, 2, 6, 5});
  const torch::Tensor flat = torch::conv2d(image, kernel);
  const torch::Tensor deep =
      torch::conv3d(image.unsqueeze(-1).expand({1, 2, 6, 5, 7}), adapted->tensor);
  EXPECT_TRUE(deep.select(-1, 2).allclose(flat, 1e-5, 1e-6));
  const auto both = AdaptKernel(InputKernel({4, 1, 3, 3, 3}), kernel);
  EXPECT_TRUE(both->inflated && both->channels);
}

TEST(AdaptKernelTest, ATransposedKernelIsRepeatedAsItIs) {
  const torch::Tensor kernel = Random({4, 2, 2, 2});
  const auto adapted = AdaptKernel({.shape = {4, 2, 2, 2, 2}, .transposed = true}, kernel);
  ASSERT_TRUE(adapted.has_value());
  const torch::Tensor image = Random({1, 4, 6, 5});
  const torch::Tensor flat = torch::conv_transpose2d(image, kernel, {}, 2);
  const torch::Tensor deep =
      torch::conv_transpose3d(image.unsqueeze(-1).expand({1, 4, 6, 5, 3}), adapted->tensor, {}, 2);
  for (int64_t z = 0; z < deep.size(-1); ++z) {
    EXPECT_TRUE(deep.select(-1, z).allclose(flat, 1e-5, 1e-6)) << z;
  }
}

TEST(AdaptKernelTest, FeaturesAreNotChannelsOfTheInput) {
  const torch::Tensor kernel = Random({4, 64, 1, 1, 1});
  EXPECT_FALSE(AdaptKernel({.shape = {4, 32, 1, 1, 1}}, kernel).has_value());
  EXPECT_FALSE(
      AdaptKernel(InputKernel({4, 1, 3, 3, 3}), torch::empty({4, 0, 3, 3, 3})).has_value());
}

TEST(AdaptKernelTest, WhatIsNoKernelOrOfAnotherSizeStaysAway) {
  EXPECT_FALSE(AdaptKernel(InputKernel({5, 2, 3, 3}), Random({4, 2, 3, 3})).has_value());
  EXPECT_FALSE(AdaptKernel(InputKernel({4, 2, 3, 3}), Random({4, 2, 7, 7})).has_value());
  EXPECT_FALSE(AdaptKernel(InputKernel({4, 2, 3, 3, 3}), Random({4, 2, 7, 7})).has_value());
  EXPECT_FALSE(AdaptKernel(InputKernel({1, 896}), Random({1, 512})).has_value());
  EXPECT_FALSE(AdaptKernel(InputKernel({4, 2, 3, 3}), Random({4, 2, 3, 3, 3})).has_value());
}

}  // namespace
}  // namespace gyrus

#include "models/transfer/adapt.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

torch::Tensor Random(at::IntArrayRef shape) {
  return torch::rand(shape, at::detail::createCPUGenerator(1)) - 0.5;
}

TEST(AdaptKernelTest, EqualChannelsAreAnsweredAsBefore) {
  for (const auto& [given, wanted] : {std::pair{1, 3}, {3, 1}, {3, 2}}) {
    const torch::Tensor kernel = Random({4, given, 3, 3, 3});
    const auto adapted = AdaptKernel(kernel, {4, wanted, 3, 3, 3});
    ASSERT_TRUE(adapted.has_value());
    EXPECT_TRUE(adapted->channels);
    EXPECT_FALSE(adapted->inflated);
    const torch::Tensor image = Random({1, 1, 6, 5, 7});
    const torch::Tensor before = torch::conv3d(image.expand({1, given, 6, 5, 7}), kernel);
    const torch::Tensor after = torch::conv3d(image.expand({1, wanted, 6, 5, 7}), adapted->tensor);
    EXPECT_TRUE(before.allclose(after, 1e-5, 1e-6)) << given << " to " << wanted;
  }
}

TEST(AdaptKernelTest, WhatIsEqualAlongTheThirdAxisIsAnsweredAsBefore) {
  const torch::Tensor kernel = Random({4, 2, 3, 3});
  const auto adapted = AdaptKernel(kernel, {4, 2, 3, 3, 3});
  ASSERT_TRUE(adapted.has_value());
  EXPECT_TRUE(adapted->inflated);
  const torch::Tensor image = Random({1, 2, 6, 5});
  const torch::Tensor flat = torch::conv2d(image, kernel);
  const torch::Tensor deep =
      torch::conv3d(image.unsqueeze(-1).expand({1, 2, 6, 5, 7}), adapted->tensor);
  EXPECT_TRUE(deep.select(-1, 2).allclose(flat, 1e-5, 1e-6));
  const auto both = AdaptKernel(kernel, {4, 1, 3, 3, 3});
  EXPECT_TRUE(both->inflated && both->channels);
}

TEST(AdaptKernelTest, WhatIsNoKernelOrOfAnotherSizeStaysAway) {
  EXPECT_FALSE(AdaptKernel(Random({4, 2, 3, 3}), {5, 2, 3, 3}).has_value());
  EXPECT_FALSE(AdaptKernel(Random({4, 2, 7, 7}), {4, 2, 3, 3}).has_value());
  EXPECT_FALSE(AdaptKernel(Random({4, 2, 7, 7}), {4, 2, 3, 3, 3}).has_value());
  EXPECT_FALSE(AdaptKernel(Random({1, 512}), {1, 896}).has_value());
  EXPECT_FALSE(AdaptKernel(Random({4, 2, 3, 3, 3}), {4, 2, 3, 3}).has_value());
}

}  // namespace
}  // namespace gyrus

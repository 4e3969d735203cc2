#include "core/volume/labels.h"

#include <cmath>

#include "core/volume/testing/volume_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(RoundLabelsTest, NearlyWholeNumbersBecomeWhole) {
  // What labels 0 to 3 become when they are saved as float32 through scaled int16.
  Volume labels =
      RowOf({0.0000153f, 1.0000153f, 2.0000305f, 2.9999847f, -0.0f, -0.0004f, 41.0009f});
  ASSERT_TRUE(RoundLabels(labels).ok());
  EXPECT_THAT(labels.voxels, ElementsAre(0, 1, 2, 3, 0, 0, 41));
  EXPECT_FALSE(std::signbit(labels.voxels[4]));
  EXPECT_FALSE(std::signbit(labels.voxels[5]));
}

TEST(RoundLabelsTest, WhatIsNotWholeIsRefusedAndNeverBackground) {
  Volume labels = RowOf({0, 1, 1.4f, 2});
  EXPECT_THAT(std::string(RoundLabels(labels).message()),
              HasSubstr("voxel (0, 0, 2) is 1.4, which is no whole number"));
  labels = RowOf({200.0031f});
  EXPECT_FALSE(RoundLabels(labels).ok());
}

// As float32, 312782546 and 312782550 are one number.
TEST(RoundLabelsTest, LabelsThatCannotBeToldApartAreRefused) {
  constexpr float kBig = 312782546;
  ASSERT_EQ(kBig, static_cast<float>(312782550));
  Volume labels = RowOf({0, kBig});
  EXPECT_THAT(std::string(RoundLabels(labels).message()),
              HasSubstr("a label is too large: voxel (0, 0, 1)"));
  labels = RowOf({static_cast<float>(kMaxLabel)});
  EXPECT_TRUE(RoundLabels(labels).ok());
  labels = RowOf({static_cast<float>(kMaxLabel + 1)});
  EXPECT_FALSE(RoundLabels(labels).ok());
  labels = RowOf({-static_cast<float>(kMaxLabel + 1)});
  EXPECT_FALSE(RoundLabels(labels).ok());
}

}  // namespace
}  // namespace gyrus

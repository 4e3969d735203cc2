#include "core/spec/covariates.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CovariatesTest, AreTheColumnsOfTheNetworksFilm) {
  v1::Model model;
  EXPECT_THAT(CovariateColumns(model), IsEmpty());
  model.mutable_unet3d();
  EXPECT_THAT(CovariateColumns(model), IsEmpty());
  model.mutable_resnet3d()->mutable_film()->add_columns("icv");
  model.mutable_resnet3d()->mutable_film()->add_columns("age");
  EXPECT_THAT(CovariateColumns(model), ElementsAre("icv", "age"));
}

TEST(CovariatesTest, AreScaledToMeanZeroAndSdOne) {
  const CovariateScale scale{.mean = 30, .sd = 4};
  EXPECT_EQ(scale.Apply(30), 0);
  EXPECT_EQ(scale.Apply(34), 1);
  EXPECT_EQ(scale.Apply(22), -2);
}

TEST(CovariatesTest, ATrialKeepsOneScaleForEachColumn) {
  v1::TrialSpec trial;
  trial.mutable_model()->mutable_resnet3d()->mutable_film()->add_columns("icv");
  EXPECT_EQ(CovariateScalesOf(trial).status().code(), absl::StatusCode::kDataLoss);
  SetCovariateScales({{.mean = 7, .sd = 2}}, trial);
  const auto scales = CovariateScalesOf(trial);
  ASSERT_TRUE(scales.ok()) << scales.status();
  ASSERT_EQ(scales->size(), 1);
  EXPECT_EQ(scales->front().mean, 7);
  EXPECT_EQ(scales->front().sd, 2);
  trial.add_covariate_sds(3);
  EXPECT_FALSE(CovariateScalesOf(trial).ok());
}

}  // namespace
}  // namespace gyrus

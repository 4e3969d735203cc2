#include "core/recipe/recipe.h"

#include "core/spec/parse/experiment.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::vector<uint32_t>> ShapeAfter(const std::string& recipe,
                                                 const std::vector<std::string>& channels,
                                                 const Shape3& shape,
                                                 const std::array<double, 3>& spacing_mm) {
  const auto parsed = ParseExperiment("recipe: " + recipe, "exp.yaml");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return OutputShape(parsed->spec.recipe(), channels, shape, spacing_mm);
}

TEST(RecipeShapeTest, StepsThatKeepTheGridKeepTheShape) {
  EXPECT_THAT(*ShapeAfter("[{reorient: RAS}, {ratio: {of: [a, b], name: c}}, {zscore: {}}]",
                          {"a", "b", "c"}, {10, 20, 30}, {1, 1, 1}),
              ElementsAre(3, 10, 20, 30));
}

TEST(RecipeShapeTest, ResamplingAndCroppingFollowEachOther) {
  EXPECT_THAT(*ShapeAfter("[{resample: [2, 2, 2]}]", {"a"}, {10, 20, 31}, {1, 2, 4}),
              ElementsAre(1, 5, 20, 62));
  EXPECT_THAT(
      *ShapeAfter("[{resample: [2, 2, 2]}, {resample: [1, 1, 1]}]", {"a"}, {10, 20, 30}, {1, 2, 4}),
      ElementsAre(1, 10, 40, 120));
  EXPECT_THAT(*ShapeAfter("[{resample: [2, 2, 2]}, {crop_or_pad: [64, 80, 56]}]", {"a", "b"},
                          {10, 20, 30}, {1, 1, 1}),
              ElementsAre(2, 64, 80, 56));
  EXPECT_THAT(*ShapeAfter("[{crop_or_pad: [64, 80, 56]}, {resample: [2, 2, 2]}]", {"a"},
                          {10, 20, 30}, {1, 1, 1}),
              ElementsAre(1, 32, 40, 28));
}

TEST(RecipeShapeTest, RefusesWhatIsTooLargeAndNamesTheStep) {
  const auto shape = ShapeAfter("[{reorient: RAS}, {resample: [0.05, 0.05, 0.05]}]", {"a"},
                                {200, 200, 200}, {1, 1, 1});
  EXPECT_EQ(shape.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(shape.status().message(), HasSubstr("recipe.1: 4000x4000x4000 voxels"));
  EXPECT_FALSE(ShapeAfter("[{crop_or_pad: [4096, 4096, 4096]}]", {"a"}, {1, 1, 1}, {1, 1, 1}).ok());
}

TEST(RecipeShapeTest, RefusesGridsThatAreNone) {
  EXPECT_FALSE(ShapeAfter("[{reorient: RAS}]", {"a"}, {0, 1, 1}, {1, 1, 1}).ok());
  EXPECT_FALSE(ShapeAfter("[{reorient: RAS}]", {"a"}, {1, 1, 1}, {1, 0, 1}).ok());
}

v1::Recipe RecipeOf(const std::string& recipe) {
  const auto parsed = ParseExperiment("recipe: " + recipe, "exp.yaml");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed->spec.recipe();
}

google::protobuf::RepeatedPtrField<std::string> Names(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

constexpr char kTwoRatios[] =
    "[{reorient: RAS}, {ratio: {of: [T1w, T2w], name: RI}}, {ratio: {of: [RI, PD], name: Q}}]";

TEST(RecipeChannelsTest, ImagesAreThoseThatNoStepMakes) {
  v1::Recipe recipe = RecipeOf(kTwoRatios);
  EXPECT_THAT(InputChannels(recipe, Names({"RI"})), ElementsAre("PD", "T1w", "T2w"));
  EXPECT_THAT(InputChannels(recipe, Names({"FLAIR", "Q"})),
              ElementsAre("FLAIR", "PD", "T1w", "T2w"));
  recipe.add_labels("seg");
  EXPECT_THAT(InputChannels(recipe, Names({"T1w"})), ElementsAre("PD", "T1w", "T2w", "seg"));
}

TEST(RecipeChannelsTest, ANetworkMaySeeTheImagesAndWhatTheStepsMake) {
  const v1::Recipe recipe = RecipeOf(kTwoRatios);
  EXPECT_THAT(ChannelsAfter(recipe, std::nullopt), ElementsAre("T1w", "T2w", "PD", "RI", "Q"));
  EXPECT_THAT(ChannelsAfter(recipe, std::vector<std::string>{"FLAIR", "T1w"}),
              ElementsAre("FLAIR", "T1w", "RI", "Q"));
  EXPECT_THAT(ChannelsAfter(RecipeOf("[{zscore: {}}]"), std::nullopt), ElementsAre());
}

TEST(RecipeWarningsTest, AreForWhatTheNetworkSees) {
  const v1::Recipe recipe = RecipeOf(kTwoRatios);
  EXPECT_THAT(RecipeWarnings(recipe, Names({"T1w", "Q"})),
              ElementsAre(HasSubstr("ratio Q has no calibration")));
  EXPECT_THAT(RecipeWarnings(recipe, Names({"T1w"})), ElementsAre());
}

// A box of 10 x 10 x 20 voxels of 1 mm in a grid of 30 x 30 x 30.
Volume BoxMask() {
  Volume mask = {{30, 30, 30}, {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}}, {}};
  mask.voxels.assign(30 * 30 * 30, 0);
  for (int i = 0; i < 10; ++i) {
    for (int j = 10; j < 20; ++j) {
      for (int k = 5; k < 25; ++k) mask.voxels[mask.Index(i, j, k)] = 1;
    }
  }
  return mask;
}

TEST(ShareOfBrainCutTest, IsWhatCropsLeaveOut) {
  const auto cut = [](const std::string& recipe) {
    v1::Recipe filled = RecipeOf(recipe);
    FillRecipe(filled);
    return ShareOfBrainCut(filled, BoxMask());
  };
  EXPECT_EQ(cut("[{reorient: RAS}, {zscore: {}}]"), 0);
  EXPECT_EQ(cut("[{reorient: RAS}, {crop_or_pad: [40, 40, 40]}]"), 0);
  EXPECT_NEAR(cut("[{reorient: RAS}, {crop_or_pad: [20, 30, 30]}]"), 0.5, 1e-9);
  EXPECT_EQ(cut("[{reorient: RAS}, {crop_or_pad: {size: [20, 30, 30], around: brain}}]"), 0);
  EXPECT_NEAR(cut("[{reorient: RAS}, {crop_or_pad: {size: [5, 30, 10], around: brain}}]"), 0.75,
              1e-9);
  // Resampling moves the border of the brain and cuts nothing.
  EXPECT_EQ(cut("[{reorient: RAS}, {resample: [3, 3, 3]}]"), 0);
  EXPECT_NEAR(cut("[{reorient: RAS}, {resample: [2, 2, 2]}, {crop_or_pad: [10, 15, 15]}]"), 0.5,
              0.11);
}

TEST(ApplyRecipeTest, TheMaskGoesWhereTheChannelsGo) {
  Volume mask = BoxMask();
  Channel channel = {.name = "T1w", .volume = mask};
  for (float& voxel : channel.volume.voxels) voxel = voxel * 50 - 1000;
  channel.background = -1000;
  std::vector<Channel> channels = {channel};
  v1::Recipe recipe = RecipeOf(
      "[{reorient: RAS}, {resample: [2, 2, 2]}, {crop_or_pad: {size: [12, 12, 40], around: "
      "brain}}]");
  FillRecipe(recipe);
  ASSERT_TRUE(ApplyRecipe(recipe, channels, mask).ok());
  EXPECT_EQ(mask.shape, (Shape3{12, 12, 40}));
  EXPECT_EQ(mask.shape, channels[0].volume.shape);
  EXPECT_EQ(mask.affine, channels[0].volume.affine);
  for (size_t i = 0; i < mask.size(); ++i) {
    const float voxel = channels[0].volume.voxels[i];
    // Smoothing spreads the image beyond the mask, but nothing is darker than the
    // background, also where the crop has filled.
    EXPECT_GE(voxel, -1000.01f);
    if (mask.voxels[i] == 1) {
      EXPECT_GT(voxel, -990);
    }
  }
}

}  // namespace
}  // namespace gyrus

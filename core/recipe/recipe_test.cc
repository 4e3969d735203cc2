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

}  // namespace
}  // namespace gyrus

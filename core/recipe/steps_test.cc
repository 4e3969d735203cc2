#include "core/recipe/steps.h"

#include <optional>
#include <set>
#include <string>

#include "core/recipe/recipe.h"
#include "core/spec/source_map.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

// A step of `kind` as the operator writes it with nothing filled in.
v1::Step EmptyStep(const RecipeStep& kind) {
  v1::Step step;
  const auto* const field = v1::Step::descriptor()->FindFieldByNumber(kind.kind());
  step.GetReflection()->MutableMessage(&step, field);
  return step;
}

TEST(StepsTest, EveryStepOfTheProtoIsInTheList) {
  const auto& fields = *v1::Step::descriptor()->FindOneofByName("step");
  std::set<std::string> names;
  for (const RecipeStep* const kind : AllSteps()) names.insert(NameOf(*kind));
  EXPECT_EQ(names.size(), AllSteps().size());
  for (int i = 0; i < fields.field_count(); ++i) {
    EXPECT_EQ(names.count(fields.field(i)->name()), 1) << fields.field(i)->name();
  }
  EXPECT_EQ(names.size(), fields.field_count());
}

TEST(StepsTest, AStepIsFoundByItsKind) {
  for (const RecipeStep* const kind : AllSteps()) EXPECT_EQ(FindStep(EmptyStep(*kind)), kind);
  EXPECT_EQ(FindStep(v1::Step()), nullptr);
}

TEST(StepsTest, EachHasAVersion) {
  for (const RecipeStep* const kind : AllSteps()) EXPECT_GE(kind->version(), 1) << NameOf(*kind);
}

TEST(StepsTest, FillingDefaultsTwiceIsFillingThemOnce) {
  for (const RecipeStep* const kind : AllSteps()) {
    v1::Step once = EmptyStep(*kind);
    kind->FillDefaults(once);
    EXPECT_EQ(FindStep(once), kind);
    v1::Step twice = once;
    kind->FillDefaults(twice);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(once, twice)) << NameOf(*kind);
  }
}

TEST(StepsTest, ARatioComesBeforeWhatMakesValuesNegative) {
  v1::Recipe recipe;
  recipe.add_steps()->mutable_reorient();
  recipe.add_steps()->mutable_zscore();
  v1::Ratio& ratio = *recipe.add_steps()->mutable_ratio();
  ratio.add_of("T1w");
  ratio.add_of("T2w");
  ratio.set_name("RI");
  FillRecipe(recipe);
  const SourceMap sources;
  Problems problems(sources);
  CheckRecipe(recipe, std::nullopt, "recipe", problems);
  EXPECT_EQ(problems.ToStatus().message(),
            "recipe.2.ratio: must come before zscore, which makes values negative");
}

}  // namespace
}  // namespace gyrus

#include "core/spec/parse/yaml_mistake.h"

#include <string>

#include "core/spec/parse/experiment.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

struct Mistake {
  std::string name;
  std::string yaml;
  std::string error;  // A part of it.
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.yaml; }

class YamlMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(YamlMistakeTest, IsNamedByItsLineWithWhatWasExpected) {
  const auto parsed = ParseExperiment(GetParam().yaml, "e.yaml", {});
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(parsed.status().message()), testing::HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All, YamlMistakeTest,
    testing::Values(
        Mistake{"Tab", "name: x\ntrain:\n\tepochs: 3\n",
                "e.yaml:3: is indented with a tab; YAML takes blanks alone: indent by two blanks "
                "for each level, as in '  epochs: 3'"},
        Mistake{"NoBlankAfterColon", "name:one\ntrain: {epochs: 3}\n",
                "e.yaml:1: needs a blank after ':'; write name: one"},
        Mistake{"NoBlankAfterColonInBraces", "name: x\ntrain: {epochs:3}\n",
                "e.yaml:2: 'epochs:3' needs a blank after ':'; write epochs: 3"},
        Mistake{"BracesInBlock",
                "name: x\ncohorts:\n  a:\n    images:\n      T1w: {subject_id}.nii.gz\n",
                "e.yaml:5: text with braces needs quotes: \"{subject_id}.nii.gz\""},
        Mistake{"BracesInFlow", "name: x\nimages: {T1w: {subject}/a.nii, T2w: b}\n",
                "e.yaml:2: text with braces needs quotes: \"{subject}/a.nii\""},
        Mistake{"BracesThatEndText", "images: {T1w: {subject}.nii}\nname: x\n",
                "e.yaml:1: text with braces needs quotes: \"{subject}.nii\""},
        Mistake{"TooDeep", "name: x\ntrain:\n  epochs: 3\n   batch: 4\n",
                "e.yaml:4: is indented by 3 blanks, line 3 by 2"},
        Mistake{"BetweenLevels", "name: x\ntrain:\n  epochs: 3\n batch: 4\n",
                "e.yaml:4: is indented by 1 blank, which is neither"},
        Mistake{"DeeperThanAValue", "name: x\n  train: {epochs: 3}\n",
                "e.yaml:2: is indented by 2 blanks, line 1 by 0"},
        Mistake{"OpenBrace", "name: x\ntrain: {epochs: 3\nsplit: {kfold: {k: 3}}\n",
                "e.yaml:2: the { of this line is not closed; add a }, as in {epochs: 3}"},
        Mistake{"OpenBracket", "name: x\nrecipe: [{reorient: RAS}\ntrain: {epochs: 3}\n",
                "e.yaml:2: the [ of this line is not closed; add a ]"},
        Mistake{"NoComma", "name: x\ntrain: {epochs: 3 batch: 4}\n",
                "e.yaml:2: needs a ',' before 'batch', as in {epochs: 3, batch: 4}"},
        Mistake{"TooManyBraces", "name: x\ntrain: {epochs: 3}}\n",
                "e.yaml:2: has a } or ] without its { or ["},
        Mistake{"NoColon", "name: x\ntrain:\n  epochs 3\n  batch: 4\n",
                "e.yaml:3: 'epochs 3' has no ':'; write epochs: 3"},
        Mistake{"KeyAlone", "name: x\nepochs\ntrain: {}\n",
                "e.yaml:2: 'epochs' is a key without a ':'"},
        Mistake{"ColonInText", "name: a: b\n",
                "e.yaml:1: text with ': ' in it needs quotes: name: \"a: b\""},
        Mistake{"AtSign", "name: @x\n", "e.yaml:1: text that begins with '@' needs quotes"},
        Mistake{"Apostrophe", "name: 'it's'\n", "e.yaml:1: a ' inside of text in '...' ends it"},
        Mistake{"ItemBesideKey", "name: x\n- a: b\n", "e.yaml:2: is an item of a list"}),
    [](const auto& info) { return info.param.name; });

TEST(YamlMistakeTest, WhatIsOfNoKnownKindIsLeftToTheParser) {
  EXPECT_FALSE(FindYamlMistake("", 1, "x").has_value());
  EXPECT_FALSE(FindYamlMistake("# a\n\n", 2, "x").has_value());
}

}  // namespace
}  // namespace gyrus

#include "core/spec/parse/overrides.h"

#include "core/spec/parse/experiment.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr absl::string_view kYaml = R"(name: x
cohorts: {neonates: {manifest: a.csv, columns: {age: weeks}}}
recipe: [{reorient: RAS}, {crop_or_pad: [8, 9, 10]}, {zscore: {inside: brain}}]
arms: {T1w: {channels: [T1w]}}
train: {epochs: 60}
split: {validation: 0.2}
)";

v1::ExperimentSpec With(std::vector<std::string> overrides) {
  auto parsed = ParseExperiment(kYaml, "exp.yaml", std::move(overrides));
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? parsed->spec : v1::ExperimentSpec();
}

std::string ErrorWith(std::vector<std::string> overrides) {
  const auto parsed = ParseExperiment(kYaml, "exp.yaml", std::move(overrides));
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(parsed.status().message());
}

TEST(OverridesTest, ReplaceAValue) {
  EXPECT_EQ(With({"train.epochs=3"}).train().epochs(), 3);
  EXPECT_EQ(With({"name=y"}).name(), "y");
}

TEST(OverridesTest, TheLastWins) {
  EXPECT_EQ(With({"train.epochs=3", "train.epochs=4"}).train().epochs(), 4);
}

TEST(OverridesTest, IndexLists) {
  EXPECT_EQ(With({"recipe.2.zscore.inside=volume"}).recipe().steps(2).zscore().inside(),
            v1::INSIDE_VOLUME);
  EXPECT_EQ(With({"recipe.steps.2.zscore.inside=volume"}).recipe().steps(2).zscore().inside(),
            v1::INSIDE_VOLUME);
  EXPECT_EQ(With({"recipe.1.crop_or_pad.2=7"}).recipe().steps(1).crop_or_pad().size(2), 7);
  EXPECT_EQ(With({"arms.T1w.channels.0=T2w"}).arms(0).channels(0), "T2w");
}

TEST(OverridesTest, ReachNamedEntries) {
  EXPECT_EQ(With({"cohorts.neonates.manifest=x.csv"}).cohorts(0).manifest(), "x.csv");
  EXPECT_EQ(With({"arms.T1w.train.epochs=5"}).arms(0).train().epochs(), 5);
  EXPECT_EQ(With({"cohorts.neonates.columns.age=months"}).cohorts(0).columns().at("age"), "months");
}

TEST(OverridesTest, MakeMissingMappings) {
  EXPECT_EQ(With({"train.optimizer.adam.lr=1e-3"}).train().optimizer().adam().lr(), 1e-3);
  EXPECT_EQ(With({"split.kfold.k=3"}).split().kfold().k(), 3);
  EXPECT_EQ(With({"split.kfold.k=3"}).split().validation().fraction(), 0.2);
  EXPECT_EQ(With({"cohorts.neonates.images.T1w=\"{t1w}\""}).cohorts(0).images().at("T1w"), "{t1w}");
}

TEST(OverridesTest, TakeWholeValues) {
  EXPECT_EQ(With({"train.schedule={step: {every: 5}}"}).train().schedule().step().every(), 5);
  EXPECT_EQ(With({"recipe=[{reorient: RAS}]"}).recipe().steps_size(), 1);
  EXPECT_EQ(With({"arms.wide={channels: [T2w]}"}).arms(1).name(), "wide");
  EXPECT_EQ(With({"arms.T1w={}"}).arms(0).channels_size(), 0);
}

TEST(OverridesTest, ReachIntoShortForms) {
  EXPECT_EQ(With({"split.validation.fraction=0.3"}).split().validation().fraction(), 0.3);
  EXPECT_EQ(With({"split.validation=none"}).split().validation().fraction(), 0);
  const v1::CropOrPad crop =
      With({"recipe.1.crop_or_pad.around=brain"}).recipe().steps(1).crop_or_pad();
  EXPECT_EQ(crop.around(), v1::CROP_CENTRE_BRAIN);
  EXPECT_THAT(crop.size(), ::testing::ElementsAre(8, 9, 10));
}

TEST(OverridesTest, AValueMayHoldAnEqualsSign) {
  EXPECT_EQ(With({"cohorts.neonates.manifest=a=b.csv"}).cohorts(0).manifest(), "a=b.csv");
}

struct Case {
  std::string name;
  std::string override_text;
  std::string error;  // After "--set TEXT: ".
};

std::string Dots(int keys) {
  std::string path = "a";
  for (int i = 1; i < keys; ++i) path += ".a";
  return path;
}

void PrintTo(const Case& c, std::ostream* out) { *out << c.override_text; }

class OverrideErrorTest : public ::testing::TestWithParam<Case> {};

TEST_P(OverrideErrorTest, BeginsWithTheOverride) {
  const std::string& text = GetParam().override_text;
  EXPECT_EQ(ErrorWith({text}), "--set " + text + ": " + GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    All, OverrideErrorTest,
    ::testing::Values(
        Case{"UnknownKey", "train.epochz=3", "train: unknown key 'epochz'; did you mean 'epochs'?"},
        Case{"UnknownKeyAbove", "trian.epochs=3", "unknown key 'trian'; did you mean 'train'?"},
        Case{"UnknownKeyInShortForm", "split.validation.fracton=1",
             "split.validation: unknown key 'fracton'; did you mean 'fraction'?"},
        Case{"WrongType", "train.epochs=-3",
             "train.epochs: needs a whole number that is not negative, not '-3'"},
        Case{"WrongTypeInside", "evaluate={metrics: [mae, x]}",
             "evaluate.metrics.1: unknown word 'x'; there are: mae, rmse, r2, pearson, spearman, "
             "median_ae, sd_ae, bias, gap_age_correlation, accuracy, balanced_accuracy, "
             "sensitivity, specificity, ppv, npv, f1, mcc, kappa, auc, average_precision, brier, "
             "log_loss, ece, dice, reconstruction_error"},
        Case{"NoEquals", "train.epochs", "needs PATH=VALUE"},
        Case{"EmptyKey", "train..epochs=3", "a key in the path is empty"},
        Case{"EmptyPath", "=3", "a key in the path is empty"},
        Case{"EmptyValue", "train.epochs=", "train.epochs: has no value; leave the key out"},
        Case{"NotYaml", "train.epochs=[1",
             "the [ of this line is not closed; add a ], as in [T1w, T2w]"},
        Case{"Anchor", "train.epochs=&a 3",
             "anchors (&) and aliases (*) are not taken; write it out"},
        Case{"BelowAValue", "train.epochs.x=1", "train.epochs.x: has nothing below it"},
        Case{"PastTheEnd", "recipe.3.zscore.inside=brain",
             "recipe.3: there is no such item; the list has 3"},
        Case{"ListThatIsNotThere", "evaluate.metrics.0=mae",
             "evaluate.metrics.0: there is no such item; the list has 0"},
        Case{"WordForNumber", "recipe.last.zscore.inside=brain",
             "recipe.last: needs a number here, from 0"},
        Case{"EndlessPath", Dots(40) + "=1", "the path has more than 32 keys"},
        Case{"UnknownName", "cohorts.neonate.manifest=x.csv",
             "cohorts.neonate: unknown name 'neonate'; did you mean 'neonates'?"},
        Case{"NameOfAnother", "cohorts.a.images.T1w.x=1",
             "cohorts.a: unknown name 'a'; there are: neonates"},
        Case{"TwoOfAOneof", "recipe.0.zscore.inside=brain",
             "recipe.0: has 'zscore' beside 'reorient'; only one of these may be there: reorient, "
             "resample, crop_or_pad, ratio, zscore"}),
    [](const auto& info) { return info.param.name; });

TEST(OverridesTest, AProblemOfTheFileKeepsItsLine) {
  const auto parsed = ParseExperiment("name: x\nbad: 1", "exp.yaml", {"train.epochs=-1"});
  EXPECT_EQ(parsed.status().message(),
            "exp.yaml:2: unknown key 'bad'; there are: name, cohorts, recipe, arms, model, task, "
            "train, split, evaluate, resources, init, stages\n"
            "--set train.epochs=-1: train.epochs: needs a whole number that is not negative, not "
            "'-1'");
}

}  // namespace
}  // namespace gyrus

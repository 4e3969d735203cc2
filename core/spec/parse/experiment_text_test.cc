#include "core/spec/parse/experiment_text.h"

#include "core/spec/parse/experiment.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;

constexpr char kText[] = R"(name: ages
cohorts:
  infants:
    manifest: "a folder/participants.csv"
    images: {T2w: "{id}/T2w.nii.gz", T1w: "{id}/T1w.nii.gz"}
    columns: {subject: id}
recipe: [{reorient: RAS}, {resample: {spacing_mm: [2, 2.5, 2]}}, {zscore: {inside: brain}}]
arms:
  "no": {channels: [T1w]}
  both: {channels: [T1w, T2w], model: {resnet3d: {depth: 10}}}
model: {resnet3d: {depth: 18, norm: instance}}
task: {regression: {target: age, loss: l1}}
train: {epochs: 60, batch: 4, optimizer: {adam: {lr: 1.0e-4}}, stop_after: never}
split: {kfold: {k: 5}, validation: {fraction: 0.2}}
)";

v1::ExperimentSpec Parse(const std::string& text) {
  const auto parsed = ParseExperiment(text, "exp.yaml");
  EXPECT_TRUE(parsed.ok()) << parsed.status() << "\n" << text;
  return parsed.ok() ? parsed->spec : v1::ExperimentSpec();
}

TEST(ExperimentTextTest, IsReadBackAsTheSameExperiment) {
  const v1::ExperimentSpec spec = Parse(kText);
  const std::string text = ExperimentToYaml(spec);
  EXPECT_TRUE(MessageDifferencer::Equals(Parse(text), spec)) << text;
  EXPECT_THAT(text, testing::HasSubstr("  epochs: 60\n"));
  EXPECT_THAT(text, testing::HasSubstr("  stop_after: never\n"));
  EXPECT_EQ(ExperimentToYaml(Parse(text)), text);
}

TEST(ExperimentTextTest, TextThatYamlWouldTakeForSomethingElseIsQuoted) {
  v1::ExperimentSpec spec = Parse(kText);
  for (const char* odd : {"true", "12", "a: b", "#x", " blank ", "q\"uo'te", "back\\slash", "{id}",
                          "\xc3\xa9t\xc3\xa9", "~", "-", "*a"}) {
    spec.mutable_cohorts(0)->set_manifest(odd);
    const std::string text = ExperimentToYaml(spec);
    EXPECT_EQ(Parse(text).cohorts(0).manifest(), odd) << text;
  }
}

TEST(ExperimentTextTest, NamesEachDifference) {
  const v1::ExperimentSpec there = Parse(kText);
  v1::ExperimentSpec asked = there;
  asked.mutable_train()->set_epochs(3);
  asked.mutable_arms(1)->add_channels("RI");
  asked.mutable_train()->clear_stop_after();
  EXPECT_THAT(
      DifferencesOf(there, asked),
      ElementsAre("arms.both.channels: [T1w, T2w] there, [T1w, T2w, RI] asked",
                  "train.epochs: 60 there, 3 asked", "train.stop_after: never there, none asked"));
  EXPECT_THAT(DifferencesOf(there, there), testing::IsEmpty());
}

}  // namespace
}  // namespace gyrus

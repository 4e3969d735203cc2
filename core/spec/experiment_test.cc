#include "core/spec/experiment.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/spec/yaml_boundary.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string ErrorOf(absl::string_view yaml, std::vector<std::string> overrides = {}) {
  const auto parsed = ParseExperiment(yaml, "exp.yaml", std::move(overrides));
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(parsed.status().message());
}

v1::ExperimentSpec SpecOf(absl::string_view yaml, std::vector<std::string> overrides = {}) {
  auto parsed = ParseExperiment(yaml, "exp.yaml", std::move(overrides));
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? parsed->spec : v1::ExperimentSpec();
}

constexpr absl::string_view kFull = R"(name: infant-age
cohorts:
  infants:
    manifest: participants.csv
    images: {T1w: "{subject_id}/T1w.nii.gz", T2w: "{subject_id}/T2w.nii.gz"}
    columns: {subject: subject_id, age: age_months}
  others: {manifest: others.tsv}
recipe:
  - reorient: RAS
  - {resample: [2, 2, 2.5]}
  - crop_or_pad: {size: [64, 80, 56], around: brain}
  - ratio: {of: [T1w, T2w], name: RI, calibrate: median, clip_percentiles: [1, 99], guard: .2}
  - zscore: {inside: volume}
arms:
  RI: {channels: [RI]}
  T1w:
    channels: [T1w]
    recipe: {steps: [{reorient: {to: RAS}}]}
    train: {batch: 8}
model: {resnet3d: {depth: 18, norm: instance, width: 32, affine: true, bias: false}}
task: {regression: {target: age, loss: mse, output: {scale: 25, offset: -7.5}, unit: months}}
train:
  epochs: 60
  batch: 4
  leaf: 1
  optimizer: {adam: {lr: 1e-4, beta1: 0.9, beta2: 0.999, eps: 1.0e-8, weight_decay: 0}}
  schedule: {step: {every: 15, factor: 0.5}}
  augment: {flip: {axis: y, probability: 1}, shift: 2}
  seed: 18446744073709551615
  reduction: exact
split: {kfold: {k: 5, repeats: 3, group: subject, stratify: none}, validation: none, seed: 7}
evaluate: {metrics: [mae, rmse, r2, pearson], sd_ddof: 0}
resources: {slots_per_trial: 2, threads_per_slot: 3, checkpoint_seconds: none}
)";

constexpr absl::string_view kFullAsProto = R"pb(
  name: "infant-age"
  cohorts {
    name: "infants"
    manifest: "participants.csv"
    images { key: "T1w" value: "{subject_id}/T1w.nii.gz" }
    images { key: "T2w" value: "{subject_id}/T2w.nii.gz" }
    columns { key: "subject" value: "subject_id" }
    columns { key: "age" value: "age_months" }
  }
  cohorts { name: "others" manifest: "others.tsv" }
  recipe {
    steps { reorient { to: "RAS" } }
    steps { resample { spacing_mm: [ 2, 2, 2.5 ] } }
    steps {
      crop_or_pad {
        size: [ 64, 80, 56 ]
        around: CROP_CENTRE_BRAIN
      }
    }
    steps {
      ratio {
        of: [ "T1w", "T2w" ]
        name: "RI"
        calibrate: RATIO_CALIBRATION_MEDIAN
        clip_percentiles: [ 1, 99 ]
        guard: 0.2
      }
    }
    steps { zscore { inside: INSIDE_VOLUME } }
  }
  arms { name: "RI" channels: "RI" }
  arms {
    name: "T1w"
    channels: "T1w"
    recipe { steps { reorient { to: "RAS" } } }
    train { batch: 8 }
  }
  model { resnet3d { depth: 18 norm: NORM_INSTANCE width: 32 affine: true bias: false } }
  task {
    regression {
      target: "age"
      loss: LOSS_MSE
      output { scale: 25 offset: -7.5 }
      unit: "months"
    }
  }
  train {
    epochs: 60
    batch: 4
    leaf: 1
    optimizer { adam { lr: 1e-4 beta1: 0.9 beta2: 0.999 eps: 1e-8 weight_decay: 0 } }
    schedule { step { every: 15 factor: 0.5 } }
    augment {
      flip { axis: "y" probability: 1 }
      shift { max_voxels: 2 }
    }
    seed: 18446744073709551615
    reduction: REDUCTION_EXACT
  }
  split {
    kfold { k: 5 repeats: 3 group: "subject" stratify: "none" }
    validation { fraction: 0 }
    seed: 7
  }
  evaluate {
    metrics: [ METRIC_MAE, METRIC_RMSE, METRIC_R2, METRIC_PEARSON ]
    sd_ddof: 0
  }
  resources { slots_per_trial: 2 threads_per_slot: 3 checkpoint_seconds: 0 }
)pb";

TEST(ExperimentTest, ReadsEveryKindOfField) {
  v1::ExperimentSpec expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(kFullAsProto), &expected));
  std::string difference;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(expected, SpecOf(kFull))) << difference;
}

struct ErrorCase {
  std::string name;
  std::string yaml;
  std::string error;
};

void PrintTo(const ErrorCase& c, std::ostream* out) { *out << c.yaml; }

class ExperimentErrorTest : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(ExperimentErrorTest, IsOneLineWithPlaceAndReason) {
  EXPECT_EQ(ErrorOf(GetParam().yaml), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    All, ExperimentErrorTest,
    ::testing::Values(
        ErrorCase{"UnknownKey", "name: x\ntrain: {batch: 2,\n  epoch: 3}",
                  "exp.yaml:3: train: unknown key 'epoch'; did you mean 'epochs'?"},
        ErrorCase{"UnknownKeyAtTop", "nmae: x",
                  "exp.yaml:1: unknown key 'nmae'; did you mean 'name'?"},
        ErrorCase{"KeyThatGoesOn", "train: {batch_size: 3}",
                  "exp.yaml:1: train: unknown key 'batch_size'; did you mean 'batch'?"},
        ErrorCase{"KeyInCapitals", "Name: x",
                  "exp.yaml:1: unknown key 'Name'; did you mean 'name'?"},
        ErrorCase{"KeyThatIsFarFromAll", "resources: {gpus: 3}",
                  "exp.yaml:1: resources: unknown key 'gpus'; there are: slots_per_trial, "
                  "threads_per_slot, checkpoint_seconds"},
        ErrorCase{"NameInsideANamedEntry", "arms: {a: {name: b}}",
                  "exp.yaml:1: arms.a: unknown key 'name'; there are: channels, recipe, model, "
                  "task, train, "
                  "init"},
        ErrorCase{"KeyTwice", "name: a\ntrain: {seed: 1}\nname: b",
                  "exp.yaml:3: key 'name' is written twice"},
        ErrorCase{"NamedEntryTwice", "arms:\n  a: {channels: [x]}\n  a: {channels: [y]}",
                  "exp.yaml:3: arms: key 'a' is written twice"},
        ErrorCase{"TextMapKeyTwice", "cohorts: {a: {columns: {x: y, x: z}}}",
                  "exp.yaml:1: cohorts.a.columns: key 'x' is written twice"},
        ErrorCase{"InvalidName", "arms: {a b: {}}",
                  "exp.yaml:1: arms: 'a b' is no name: letters, digits, '-' and '_', at most 64 of "
                  "them"},
        ErrorCase{"NegativeIntoUnsigned", "train:\n  epochs: -3",
                  "exp.yaml:2: train.epochs: needs a whole number that is not negative, not '-3'"},
        ErrorCase{"FractionIntoInteger", "train: {epochs: 3.5}",
                  "exp.yaml:1: train.epochs: needs a whole number, not '3.5'"},
        ErrorCase{"ExponentIntoInteger", "train: {epochs: 1e3}",
                  "exp.yaml:1: train.epochs: needs a whole number, not '1e3'"},
        ErrorCase{"HexadecimalIntoInteger", "train: {epochs: 0x10}",
                  "exp.yaml:1: train.epochs: needs a whole number, not '0x10'"},
        ErrorCase{
            "LeadingZero", "train: {epochs: 010}",
            "exp.yaml:1: train.epochs: needs a whole number without leading zeros, not '010'"},
        ErrorCase{"TooLargeForUint32", "train: {epochs: 4294967296}",
                  "exp.yaml:1: train.epochs: needs a whole number of at most 4294967295, not "
                  "'4294967296'"},
        ErrorCase{"TooLargeForUint64", "train: {seed: 18446744073709551616}",
                  "exp.yaml:1: train.seed: needs a whole number of at most 18446744073709551615, "
                  "not '18446744073709551616'"},
        ErrorCase{"YesIsNoNumber", "train: {epochs: yes}",
                  "exp.yaml:1: train.epochs: needs a whole number, not 'yes'"},
        ErrorCase{"QuotedNumber", "train: {epochs: '3'}",
                  "exp.yaml:1: train.epochs: needs a whole number, not '3'; leave out the quotes"},
        ErrorCase{"InfinityIsNoNumber", "split: {validation: .inf}",
                  "exp.yaml:1: split.validation: needs a number, not '.inf'"},
        ErrorCase{"InfIsNoNumber", "split: {validation: inf}",
                  "exp.yaml:1: split.validation: needs a number, not 'inf'"},
        ErrorCase{"NumberThatOverflows", "split: {validation: 1e999}",
                  "exp.yaml:1: split.validation: needs a number that is not so large, not '1e999'"},
        ErrorCase{"WordForNumber", "split: {validation: half}",
                  "exp.yaml:1: split.validation: needs a number, not 'half'"},
        ErrorCase{"ZeroWordElsewhere", "train: {optimizer: {adam: {lr: none}}}",
                  "exp.yaml:1: train.optimizer.adam.lr: needs a number, not 'none'"},
        ErrorCase{"UnknownWord", "evaluate: {metrics: [mae, rsme]}",
                  "exp.yaml:1: evaluate.metrics.1: unknown word 'rsme'; did you mean 'rmse'?"},
        ErrorCase{"UnsetIsNoWord", "model: {resnet3d: {norm: unspecified}}",
                  "exp.yaml:1: model.resnet3d.norm: unknown word 'unspecified'; there are: "
                  "instance, batch"},
        ErrorCase{"NoValue", "train:\n  epochs:\n",
                  "exp.yaml:2: train.epochs: has no value; leave the key out"},
        ErrorCase{"EmptyText", "name: ''", "exp.yaml:1: name: is empty; leave the key out"},
        ErrorCase{"EmptyList", "arms: {a: {channels: []}}",
                  "exp.yaml:1: arms.a.channels: is empty; leave the key out"},
        ErrorCase{"EmptyNames", "arms: {}", "exp.yaml:1: arms: is empty; leave the key out"},
        ErrorCase{"ValueForList", "arms: {a: {channels: T1w}}",
                  "exp.yaml:1: arms.a.channels: needs a list: [...], not a single value"},
        ErrorCase{"ListForValue", "name: [a]",
                  "exp.yaml:1: name: needs a single value, not a list"},
        ErrorCase{"MappingForValue", "train: {epochs: {a: 1}}",
                  "exp.yaml:1: train.epochs: needs a single value, not a mapping"},
        ErrorCase{"ListForNames", "cohorts: [a, b]",
                  "exp.yaml:1: cohorts: needs a mapping of names, not a list"},
        ErrorCase{"ValueForMapping", "resources: 3",
                  "exp.yaml:1: resources: needs a mapping, not a single value; its keys are: "
                  "slots_per_trial, threads_per_slot, checkpoint_seconds"},
        ErrorCase{"NothingForMapping", "train: {schedule: {constant: }}",
                  "exp.yaml:1: train.schedule.constant: needs a mapping, not nothing; write {}"},
        ErrorCase{"BracesWithoutQuotes", "cohorts: {a: {images: {T1w: {t1w}}}}",
                  "exp.yaml:1: cohorts.a.images.T1w: needs text, not a mapping; text with braces "
                  "needs quotes"},
        ErrorCase{"TwoOfAOneof", "recipe: [{reorient: RAS, zscore: {inside: brain}}]",
                  "exp.yaml:1: recipe.0: has 'zscore' beside 'reorient'; only one of these may be "
                  "there: reorient, resample, crop_or_pad, ratio, zscore"},
        ErrorCase{"NoFlag", "model: {resnet3d: {affine: yes}}",
                  "exp.yaml:1: model.resnet3d.affine: needs true or false, not 'yes'"},
        ErrorCase{"NoneOfAOneof", "train: {schedule: {}}",
                  "exp.yaml:1: train.schedule: needs one of: constant, step, poly, cosine"},
        ErrorCase{"Empty", "# nothing\n",
                  "exp.yaml: needs a mapping, not nothing; its keys are: name, cohorts, recipe, "
                  "arms, model, task, train, split, evaluate, resources, init, stages"},
        ErrorCase{"NotYaml", "name: [a\ntrain: {",
                  "exp.yaml:2: is not YAML: end of sequence flow not found"},
        ErrorCase{"TwoDocuments", "name: a\n---\nname: b",
                  "exp.yaml:2: goes on after the end of its YAML document"},
        ErrorCase{"Tag", "name: !!binary aGk=",
                  "exp.yaml:1: tags are not taken: tag:yaml.org,2002:binary"},
        ErrorCase{"KeyThatIsAList", "name: x\n[a]: b", "exp.yaml:2: a key must be a word"},
        ErrorCase{"KeyThatIsNothing", "~: b", "exp.yaml:1: a key must be a word"},
        ErrorCase{"ControlCharacterInValue", "name: \"a\\0b\"",
                  "exp.yaml:1: a value with a line break or control character in it"}),
    [](const auto& info) { return info.param.name; });

TEST(ExperimentTest, TakesAByteOrderMarkAndWindowsLineEnds) {
  EXPECT_EQ(SpecOf("\xef\xbb\xbfname: x\r\ntrain: {epochs: 3}\r\n").train().epochs(), 3);
  EXPECT_EQ(SpecOf("\xef\xbb\xbfname: x\r\n").name(), "x");
}

TEST(ExperimentTest, TakesNumbersAsPeopleWriteThem) {
  const std::vector<std::pair<std::string, double>> numbers = {
      {"1e-4", 1e-4}, {"1.0e-4", 1e-4}, {".5", 0.5}, {"5.", 5}, {"+2", 2}, {"0", 0}, {"1E3", 1e3}};
  for (const auto& [text, number] : numbers) {
    const auto spec = SpecOf(absl::StrCat("train: {optimizer: {adam: {lr: ", text, "}}}"));
    EXPECT_EQ(spec.train().optimizer().adam().lr(), number) << text;
  }
}

TEST(ExperimentTest, TextStaysAsItIsWritten) {
  EXPECT_EQ(SpecOf("train: {augment: {flip: {axis: y}}}").train().augment().flip().axis(), "y");
  EXPECT_EQ(SpecOf("name: 007").name(), "007");
  EXPECT_EQ(SpecOf("name: \"yes\"").name(), "yes");
}

TEST(ExperimentTest, ListsAllProblemsInFileOrder) {
  EXPECT_EQ(ErrorOf("train:\n  epoch: 1\n  batch: -1\nname: [x]\n"),
            "exp.yaml:2: train: unknown key 'epoch'; did you mean 'epochs'?\n"
            "exp.yaml:3: train.batch: needs a whole number that is not negative, not '-1'\n"
            "exp.yaml:4: name: needs a single value, not a list");
}

TEST(ExperimentTest, ListsTenProblemsAndCountsTheRest) {
  std::string yaml = "name: x\n";
  for (int i = 0; i < 13; ++i) absl::StrAppend(&yaml, "zzzzzz", i, ": 1\n");
  const std::vector<std::string> lines = absl::StrSplit(ErrorOf(yaml), '\n');
  ASSERT_THAT(lines, SizeIs(11));
  EXPECT_THAT(lines[9], HasSubstr("exp.yaml:11: "));
  EXPECT_EQ(lines[10], "and 3 more");
}

TEST(ExperimentTest, TellsWhereAFieldWasWritten) {
  const auto parsed = ParseExperiment(kFull, "exp.yaml", {"train.batch=8"});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->sources.Where("recipe.3.ratio.guard"), "exp.yaml:12");
  EXPECT_EQ(parsed->sources.Where("train.batch"), "--set train.batch=8");
  EXPECT_EQ(parsed->sources.Where("split.validation.fraction"), "exp.yaml:31");
  EXPECT_EQ(parsed->sources.Where("nowhere"), "exp.yaml");
}

// Hostile files: one error, soon.

class HostileTest : public ::testing::Test {
 protected:
  void ExpectQuickError(const std::string& yaml, absl::string_view error) {
    const auto start = std::chrono::steady_clock::now();
    const std::string message = ErrorOf(yaml);
    EXPECT_THAT(message, HasSubstr(error));
    EXPECT_LT(message.size(), 4000);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  }
};

std::string Repeat(absl::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) absl::StrAppend(&repeated, text);
  return repeated;
}

TEST_F(HostileTest, DeepNestingIsRefused) {
  ExpectQuickError(absl::StrCat("name: ", Repeat("[", 33)), "exp.yaml:1: ");
  ExpectQuickError(absl::StrCat("name: ", Repeat("[", 40), Repeat("]", 40)),
                   "nested deeper than 32 levels");
  ExpectQuickError(absl::StrCat("name: ", Repeat("[", 100000)),
                   "exp.yaml:1: nested deeper than 32 levels");
  ExpectQuickError(Repeat("{a: ", 60000), "nested deeper than 32 levels");
  ExpectQuickError(Repeat("- ", 100000), "nested deeper than 32 levels");
  ExpectQuickError(Repeat("? ", 100000), "exp.yaml:1: ");
}

TEST_F(HostileTest, ABillionLaughsAreRefused) {
  std::string yaml = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i) {
    absl::StrAppend(&yaml, "a", i, ": &a", i, " [*a", i - 1, ", *a", i - 1, "]\n");
  }
  ExpectQuickError(yaml, "exp.yaml:1: anchors (&) and aliases (*) are not taken; write it out");
}

TEST_F(HostileTest, WhatIsNoTextIsRefused) {
  ExpectQuickError(std::string("\x1f\x8b\x08\x00", 4), "exp.yaml:1: is not UTF-8 text (byte 0x1f)");
  ExpectQuickError(std::string("name: a\nb\0c", 11), "exp.yaml:2: is not UTF-8 text (byte 0x00)");
  ExpectQuickError("name: \xc3\x28", "exp.yaml:1: is not UTF-8 text (byte 0xc3)");
  ExpectQuickError("\xff\xfen", "exp.yaml:1: is not UTF-8 text (byte 0xff)");
}

TEST_F(HostileTest, LargeFilesAreRefused) {
  ExpectQuickError(std::string(kMaxYamlBytes + 1, 'x'), "exp.yaml: larger than 262144 bytes");
}

TEST_F(HostileTest, ManyOrLongKeysAreToldInFewWords) {
  const std::string long_word(kMaxYamlBytes / 2, 'k');
  ExpectQuickError(absl::StrCat("? ", long_word, "\n: 1"), "unknown key 'kkkk");
  ExpectQuickError(
      absl::StrCat("arms:\n  ? ", long_word, "\n  : {channels: [", Repeat("a,", 50000), "]}"),
      "is no name");
  ExpectQuickError(absl::StrCat("train: {epochs: ", long_word, "}"),
                   "needs a whole number, not 'kkkk");
  ExpectQuickError(Repeat("[],", 80000), "goes on after the end");
  ExpectQuickError(Repeat("a: 1\n", 50000), "and 49990 more");
  ExpectQuickError(Repeat("\"", kMaxYamlBytes), "exp.yaml");
  ExpectQuickError(absl::StrCat("{", Repeat("a,", 130000), "}"), "and 129990 more");
}

}  // namespace
}  // namespace gyrus

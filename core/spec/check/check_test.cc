#include "core/spec/check/check.h"

#include "core/spec/defaults/defaults.h"
#include "core/spec/parse/experiment.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr absl::string_view kGood = R"(name: x
cohorts: {a: {manifest: m.csv, images: {T1w: "{id}.nii", T2w: y}}}
recipe: [{reorient: RAS}, {resample: [1, 1, 1]}, {crop_or_pad: [40, 40, 40]}, {ratio: {of: [T1w, T2w], name: RI}}, {zscore: {}}]
arms: {T1w: {channels: [T1w]}, RI: {channels: [T1w, RI]}}
task: {regression: {target: age}}
)";

std::string ProblemWith(std::vector<std::string> overrides) {
  auto parsed = ParseExperiment(kGood, "exp.yaml", std::move(overrides));
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (!parsed.ok()) return "";
  FillDefaults(parsed->spec);
  return std::string(CheckExperiment(parsed->spec, parsed->sources).message());
}

TEST(CheckTest, AGoodExperimentPasses) { EXPECT_EQ(ProblemWith({}), ""); }

// One change to the good experiment, and the one line it gives, without the
// place.
struct Case {
  std::string name;
  std::string override_text;
  std::string problem;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.override_text; }

class CheckProblemTest : public ::testing::TestWithParam<Case> {};

TEST_P(CheckProblemTest, IsTold) {
  // Other lines may follow: an arm that misses what the recipe does not make.
  const std::string told = ProblemWith({GetParam().override_text});
  if (GetParam().problem.empty()) {
    EXPECT_EQ(told, "");
  } else {
    EXPECT_THAT(told, ::testing::StartsWith("--set " + GetParam().override_text + ": " +
                                            GetParam().problem));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Names, CheckProblemTest,
    ::testing::Values(
        Case{"Name", "name=a b",
             "name: 'a b' is no name: letters, digits, '-' and '_', at most 64 of them"},
        Case{"NameWithSlash", "name=../x",
             "name: '../x' is no name: letters, digits, '-' and '_', at most 64 of them"},
        Case{"LongestName", "name=" + std::string(64, 'n'), ""},
        Case{"LongName", "name=" + std::string(65, 'n'),
             "name: '" + std::string(60, 'n') +
                 "…' is no name: letters, digits, '-' and '_', at most 64 of them"},
        Case{"Manifest", "cohorts={a: {images: {T1w: x, T2w: y}}}",
             "cohorts.a: manifest is missing: the CSV or TSV file that lists the samples"},
        Case{"OpenBrace", "cohorts.a.images.T1w=\"{id.nii\"",
             "cohorts.a.images.T1w: each '{' needs a column's name and '}': {id.nii"},
        Case{"OpenBraceOfMask", "cohorts.a.mask=\"{id.nii\"",
             "cohorts.a.mask: each '{' needs a column's name and '}': {id.nii"},
        Case{"CloseBrace", "cohorts.a.images.T1w=id}.nii",
             "cohorts.a.images.T1w: each '{' needs a column's name and '}': id}.nii"},
        Case{"EmptyBraces", "cohorts.a.images.T1w=\"{}.nii\"",
             "cohorts.a.images.T1w: each '{' needs a column's name and '}': {}.nii"},
        Case{"NestedBraces", "cohorts.a.images.T1w=\"{a{b}}\"",
             "cohorts.a.images.T1w: each '{' needs a column's name and '}': {a{b}}"},
        Case{"Channel", "arms.RI.channels=[T1]",
             "arms.RI.channels.0: unknown channel 'T1'; did you mean 'T1w'?"},
        Case{"ChannelTwice", "arms.RI.channels=[T1w, T1w]",
             "arms.RI.channels.1: 'T1w' is there twice"},
        Case{"Task", "task.regression={loss: l1}",
             "task.regression: target is missing: the column of numbers to predict"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Recipe, CheckProblemTest,
    ::testing::Values(
        Case{"ReorientFirst", "recipe=[{zscore: {}}]",
             "recipe.0: the first step must be {reorient: RAS}"},
        Case{"ReorientOnce", "recipe.1={reorient: RAS}",
             "recipe.1: reorient must come first, once"},
        Case{"ReorientToRas", "recipe.0.reorient=LPS",
             "recipe.0.reorient: 'LPS' is not there; there is RAS"},
        Case{"ThreeSpacings", "recipe.1.resample=[1, 1]",
             "recipe.1.resample: needs three numbers of mm, for x, y and z; has 2"},
        Case{"PositiveSpacing", "recipe.1.resample=[1, 0, 1]",
             "recipe.1.resample: spacing must be from 0.05 to 100 mm, is 0"},
        Case{"NegativeSpacing", "recipe.1.resample=[1, 1, -2]",
             "recipe.1.resample: spacing must be from 0.05 to 100 mm, is -2"},
        Case{"TinySpacing", "recipe.1.resample=[1e-300, 1, 1]",
             "recipe.1.resample: spacing must be from 0.05 to 100 mm, is 1e-300"},
        Case{"ThreeSizes", "recipe.2.crop_or_pad=[1, 1, 1, 1]",
             "recipe.2.crop_or_pad: needs three numbers of voxels, for x, y and z; has 4"},
        Case{"PositiveSize", "recipe.2.crop_or_pad=[40, 0, 40]",
             "recipe.2.crop_or_pad: size must be from 1 to 4096 voxels, is 0"},
        Case{"LargestSize", "recipe.2.crop_or_pad=[4096, 4096, 4096]", ""},
        Case{"LargeSize", "recipe.2.crop_or_pad=[4097, 1, 1]",
             "recipe.2.crop_or_pad: size must be from 1 to 4096 voxels, is 4097"},
        Case{"RatioOfTwo", "recipe.3.ratio.of=[T1w]",
             "recipe.3.ratio.of: needs two channels, for example [T1w, T2w]"},
        Case{"RatioOfWhatIsThere", "recipe.3.ratio.of=[T1w, T3w]",
             "recipe.3.ratio.of: unknown channel 'T3w'; did you mean 'T1w'?"},
        Case{"RatioOfItself", "recipe.3.ratio={of: [T1w, RI], name: RI}",
             "recipe.3.ratio.of: unknown channel 'RI'; there are: T1w, T2w\n"
             "--set recipe.3.ratio={of: [T1w, RI], name: RI}: recipe.3.ratio.name: there is a "
             "channel 'RI' before this step"},
        Case{"RatioWithNewName", "recipe.3.ratio={of: [T1w, T2w], name: T2w}",
             "recipe.3.ratio.name: there is a channel 'T2w' before this step"},
        Case{"RatioWithName", "recipe.3.ratio={of: [T1w, T2w]}",
             "recipe.3.ratio: name is missing: what the new channel is called"},
        Case{"RatioPercentiles", "recipe.3.ratio.clip_percentiles=[99, 1]",
             "recipe.3.ratio.clip_percentiles: needs two rising percentiles from 0 to 100, for "
             "example [0.5, 99.5]"},
        Case{"RatioGuard", "recipe.3.ratio.guard=1",
             "recipe.3.ratio.guard: must be at least 0 and below 1, is 1"},
        Case{"RatioBeforeZscore",
             "recipe=[{reorient: RAS}, {zscore: {}}, {ratio: {of: [T1w, T2w], name: RI}}]",
             "recipe.2.ratio: must come before zscore, which makes values negative"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Training, CheckProblemTest,
    ::testing::Values(
        Case{"Depth", "model.resnet3d.depth=19",
             "model.resnet3d.depth: depth 19 is not there; there are 10, 18, 34 and 50"},
        Case{"Width", "model.resnet3d.width=0",
             "model.resnet3d.width: must be from 1 to 1024, is 0"},
        Case{"WideWidth", "model.resnet3d.width=1025",
             "model.resnet3d.width: must be from 1 to 1024, is 1025"},
        Case{"OutputHalf", "task.regression.output={scale: 2}",
             "task.regression.output: needs train_fold, identity, or both scale and offset"},
        Case{"OutputBoth", "task.regression.output={fit: identity, scale: 2, offset: 1}",
             "task.regression.output: needs train_fold, identity, or both scale and offset"},
        Case{"OutputZero", "task.regression.output={scale: 0, offset: 1}",
             "task.regression.output.scale: must not be 0"},
        Case{"Epochs", "train.epochs=0", "train.epochs: must be at least 1, is 0"},
        Case{"BatchOfEverything", "train.batch=4294967295",
             "train.batch: must be at most 65536, is 4294967295"},
        Case{"LeafAboveBatch", "train.leaf=5", "train.leaf: must be at most the batch of 4, is 5"},
        Case{"LeafZero", "train.leaf=0", "train.leaf: must be at least 1, is 0"},
        Case{"Lr", "train.optimizer.adam.lr=0", "train.optimizer.adam.lr: must be above 0, is 0"},
        Case{"SgdMomentum", "train.optimizer={sgd: {momentum: 1}}",
             "train.optimizer.sgd.momentum: must be at least 0 and below 1, is 1"},
        Case{"SgdNesterov", "train.optimizer={sgd: {momentum: 0, nesterov: true}}",
             "train.optimizer.sgd.nesterov: needs a momentum above 0"},
        Case{"AdamwDecay", "train.optimizer={adamw: {weight_decay: -1}}",
             "train.optimizer.adamw.weight_decay: must be at least 0, is -1"},
        Case{"PolyPower", "train.schedule={poly: {power: 0}}",
             "train.schedule.poly.power: must be above 0, is 0"},
        Case{"CosineLeast", "train.schedule={cosine: {least: 1.5}}",
             "train.schedule.cosine.least: must be from 0 to 1, is 1.5"},
        Case{"Warmup", "train.warmup=60", "train.warmup: must be below the 60 epochs, is 60"},
        Case{"MeanOf", "train.select={mean_of: 61}",
             "train.select.mean_of: must be at most the 60 epochs, is 61"},
        Case{"ClipNorm", "train.clip_norm=-1", "train.clip_norm: must be at least 0, is -1"},
        Case{"Ema", "train.ema=1", "train.ema: must be at least 0 and below 1, is 1"},
        Case{"ClipNormTooSmall", "train.clip_norm=1e-50",
             "train.clip_norm: must be from 1e-30 to 1e30, is 1e-50"},
        Case{"StemKernel", "model={resnet3d: {stem: {kernel: 4}}}",
             "model.resnet3d.stem.kernel: must be 1, 3, 5 or 7, is 4"},
        Case{"Features", "model={unet3d: {features: [8]}}",
             "model.unet3d.features: needs 2 to 9 stages, has 1"},
        Case{"Dropout", "model={sfcn: {dropout: 1}}",
             "model.sfcn.dropout: must be at least 0 and below 1, is 1"},
        Case{"SlicesOfVolumes", "model={resnet3d: {}, slices: {axis: z}}",
             "model.slices: is for networks of slices; resnet3d sees whole volumes"},
        Case{"SliceAxis", "model={resnet2d: {}, slices: {axis: w}}",
             "model.slices.axis: unknown axis 'w'; there are: x, y, z"},
        Case{"SliceLstmAggregate", "model={slice_lstm: {}, slices: {aggregate: mean}}",
             "model.slices.aggregate: slice_lstm sees all slices together; leave it out"},
        Case{"Backbone", "model={slice_lstm: {backbone: {depth: 7}}}",
             "model.slice_lstm.backbone.depth: depth 7 is not there; there are 10, 18, 34 and 50"},
        Case{"Beta1", "train.optimizer.adam.beta1=1",
             "train.optimizer.adam.beta1: must be at least 0 and below 1, is 1"},
        Case{"Beta2", "train.optimizer.adam.beta2=-0.1",
             "train.optimizer.adam.beta2: must be at least 0 and below 1, is -0.1"},
        Case{"Eps", "train.optimizer.adam.eps=0",
             "train.optimizer.adam.eps: must be above 0, is 0"},
        Case{"WeightDecay", "train.optimizer.adam.weight_decay=-1",
             "train.optimizer.adam.weight_decay: must be at least 0, is -1"},
        Case{"Every", "train.schedule={step: {every: 0}}",
             "train.schedule.step.every: must be at least 1, is 0"},
        Case{"Factor", "train.schedule={step: {factor: 0}}",
             "train.schedule.step.factor: must be above 0, is 0"},
        Case{"FlipAxis", "train.augment={flip: {axis: w}}",
             "train.augment.flip.axis: unknown axis 'w'; there are: x, y, z"},
        Case{"FlipProbability", "train.augment={flip: {probability: 1.5}}",
             "train.augment.flip.probability: must be from 0 to 1, is 1.5"},
        Case{"Shift", "train.augment={shift: {}}",
             "train.augment.shift: max_voxels is missing: how far the volume may be moved"},
        Case{"InAnArm", "arms.T1w.train.epochs=0",
             "arms.T1w.train.epochs: must be at least 1, is 0"},
        Case{"ModelOfAnArm", "arms.T1w.model.resnet3d.depth=51",
             "arms.T1w.model.resnet3d.depth: depth 51 is not there; there are 10, 18, 34 and 50"}),
    [](const auto& info) { return info.param.name; });

// The good experiment's task is a regression, and it lists T1w and T2w.
INSTANTIATE_TEST_SUITE_P(
    Tasks, CheckProblemTest,
    ::testing::Values(
        Case{"Classes", "task={classification: {target: o, classes: [a, b]}}", ""},
        Case{"NoTarget", "task={classification: {classes: [a, b]}}",
             "task.classification: target is missing: the column of classes to predict"},
        Case{"OneClass", "task={classification: {target: o, classes: [a]}}",
             "task.classification.classes: lists 1 of the column's texts; 2 to 1024 are needed"},
        Case{"ClassesLeftOut", "task={classification: {target: o}}",
             "task.classification: classes is missing: list what stands in the column, such as "
             "classes: [normal, adverse]"},
        Case{"ClassesThatLookAlike", "task={classification: {target: o, classes: [a, A]}}",
             "task.classification.classes: 'a' and 'A' look alike but are two texts"},
        Case{"ClassTwice", "task={classification: {target: o, classes: [a, b, a]}}",
             "task.classification.classes: 'a' is there twice"},
        Case{"ClassThatStandsForNone", "task={classification: {target: o, classes: [a, n/a]}}",
             "task.classification.classes: 'n/a' stands for a missing value in tables "
             "(docs/experiment.md); give the class another name, there too"},
        Case{"ClassWeights",
             "task={classification: {target: o, classes: [a, b], weights: {of: [1]}}}",
             "task.classification.weights.of: needs a number for each of the 2 classes, has 1"},
        Case{"ClassWeightZero",
             "task={classification: {target: o, classes: [a, b], weights: {of: [1, 0]}}}",
             "task.classification.weights.of: must be above 0, is 0"},
        Case{"SoftLabels", "task={soft_labels: {target: age, from: 0, to: 8}}", ""},
        Case{"NoRange", "task={soft_labels: {target: age}}",
             "task.soft_labels: from and to are missing: the range that the bins cover"},
        Case{"RangeFalls", "task={soft_labels: {target: age, from: 8, to: 8}}",
             "task.soft_labels.to: must be above the 8 of from, is 8"},
        Case{"OneBin", "task={soft_labels: {target: age, from: 0, to: 8, bins: 1}}",
             "task.soft_labels.bins: must be from 2 to 4096, is 1"},
        Case{"Sigma", "task={soft_labels: {target: age, from: 0, to: 8, sigma: 0}}",
             "task.soft_labels.sigma: must be above 0, is 0"},
        Case{"Segmentation", "task={segmentation: {labels: T2w, classes: {wm: [2, 41]}}}", ""},
        Case{"NoClasses", "task={segmentation: {labels: T2w}}",
             "task.segmentation: classes is missing: {white_matter: [3]}, values of the label "
             "image"},
        Case{"Background", "task={segmentation: {labels: T2w, classes: {wm: [0]}}}",
             "task.segmentation.classes.wm: 0 is the background, also outside of the image"},
        Case{"LargeLabel", "task={segmentation: {labels: T2w, classes: {wm: [312782546]}}}",
             "task.segmentation.classes.wm: label 312782546 is too large: only labels up to "
             "16777215 can be told apart; number the labels of the images anew"},
        Case{"ValueTwice", "task={segmentation: {labels: T2w, classes: {wm: [2], gm: [3, 2]}}}",
             "task.segmentation.classes.gm: 2 is there twice"},
        Case{"MaskOfTheOnlyAnswer", "task.regression.missing=mask",
             "task.regression.missing: mask is for tasks with another output; nothing would be "
             "left to train by"},
        Case{"Mask", "task={regression: {target: age, missing: mask}, reconstruction: {}}", ""},
        Case{"UncertaintyOfOne", "task.weighting=uncertainty",
             "task.weighting: uncertainty needs two outputs or more"},
        Case{"Weight", "task={reconstruction: {weight: -1}}",
             "task.reconstruction.weight: must be above 0, is -1"},
        Case{"FilmStage", "model={resnet3d: {film: {columns: [icv], stages: [5]}}}",
             "model.resnet3d.film.stages: must be from 1 to 4, is 5"},
        Case{"FilmOfSlices", "model={resnet2d: {film: [icv]}}",
             "model.resnet2d.film: is for resnet3d"},
        Case{"ScalesOfABackbone", "model={slice_lstm: {backbone: {multi_scale: true}}}",
             "model.slice_lstm.backbone.multi_scale: is for networks with a pooled head"}),
    [](const auto& info) { return info.param.name; });

TEST(CheckTest, SlicesByThemselvesAreForNetworksThatSeeThemOneByOne) {
  const std::string slice = "train={item: slice}";
  for (const char* const model : {"model={resnet2d: {}}", "model={unet2d: {}}"}) {
    EXPECT_EQ(ProblemWith({slice, model}), "") << model;
  }
  for (const char* const model : {"model={resnet3d: {}}", "model={slice_lstm: {}}",
                                  "model={sfcn: {}}", "model={unet3d: {}}"}) {
    EXPECT_THAT(
        ProblemWith({slice, model}),
        ::testing::HasSubstr("train.item: slice is for networks that see slices one by one"))
        << model;
  }
  const std::string flip = "train={item: slice, augment: {flip: {axis: y}}}";
  EXPECT_EQ(ProblemWith({flip, "model={resnet2d: {}, slices: {axis: z}}"}), "");
  EXPECT_THAT(ProblemWith({flip, "model={resnet2d: {}, slices: {axis: y}}"}),
              ::testing::HasSubstr("a slice along y is not flipped by y"));
}

TEST(CheckTest, StagesAreCheckedWhereTheyAreWritten) {
  const std::string stages = "stages={pretrain: {train: {epochs: 5}}, finetune: {}}";
  EXPECT_EQ(ProblemWith({stages}), "");
  EXPECT_EQ(ProblemWith({stages, "stages.pretrain.train.epochs=0"}),
            "--set stages.pretrain.train.epochs=0: stages.pretrain.train.epochs: must be at least "
            "1, is 0");
  EXPECT_EQ(ProblemWith({stages, "train.clip_norm=-1"}),
            "--set train.clip_norm=-1: train.clip_norm: must be at least 0, is -1");
  EXPECT_THAT(ProblemWith({"stages={a: {cohorts: [b]}, c: {}}"}),
              ::testing::HasSubstr("stages.a.cohorts: unknown cohort 'b'; there are: a"));
  EXPECT_THAT(ProblemWith({"stages={p: {cohorts: [a]}, c: {}}", "evaluate={external: [a]}"}),
              ::testing::HasSubstr("stages.p.cohorts: 'a' is one of evaluate.external"));
  EXPECT_THAT(ProblemWith({"stages={a: {}, c: {init: {stage: b}}}"}),
              ::testing::HasSubstr("stages.c.init.stage: unknown stage 'b'; there are: a"));
  EXPECT_THAT(ProblemWith({"init={stage: b}"}),
              ::testing::HasSubstr("init.stage: there is no stage before this one to be 'b'"));
  EXPECT_THAT(ProblemWith({"init={random: {}, skip: [fc.*]}"}),
              ::testing::HasSubstr("init.skip: there is nothing to skip"));
  EXPECT_THAT(ProblemWith({"init={weights: a.pt, sha256: xyz}"}),
              ::testing::HasSubstr("init.sha256: must be 64 hexadecimal digits"));
  EXPECT_THAT(ProblemWith({"train={epochs: 3, freeze: [{tensors: [a], epochs: 3}]}"}),
              ::testing::HasSubstr("train.freeze.0.epochs: must be below the 3 epochs, is 3"));
  EXPECT_THAT(ProblemWith({"train={rates: [{tensors: [a], factor: 0}]}"}),
              ::testing::HasSubstr("train.rates.0.factor: must be above 0"));
}

TEST(CheckTest, TheNetworkDoesNotSeeTheLabels) {
  const std::string task = "task={segmentation: {labels: T2w, classes: {wm: [2]}}}";
  EXPECT_THAT(ProblemWith({task, "arms.T1w.channels=[T1w, T2w]"}),
              ::testing::HasSubstr("arms.T1w.channels.1: 'T2w' holds the labels that the task is "
                                   "judged by; the network must not see them"));
  // Nor by default.
  auto parsed =
      ParseExperiment(kGood, "exp.yaml", {task, "arms={all: {}}", "recipe=[{reorient: RAS}]"});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  FillDefaults(parsed->spec);
  EXPECT_THAT(parsed->spec.arms(0).channels(), ::testing::ElementsAre("T1w"));
  EXPECT_THAT(ProblemWith({"task={segmentation: {labels: seg, classes: {wm: [2]}}}"}),
              ::testing::HasSubstr("task.segmentation.labels: unknown channel 'seg'"));
}

INSTANTIATE_TEST_SUITE_P(
    SplitAndResources, CheckProblemTest,
    ::testing::Values(
        Case{"K", "split.kfold.k=1", "split.kfold.k: must be at least 2, is 1"},
        Case{"Repeats", "split.kfold.repeats=0",
             "split.kfold.repeats: must be from 1 to 1000, is 0"},
        Case{"ManyRepeats", "split.kfold.repeats=1001",
             "split.kfold.repeats: must be from 1 to 1000, is 1001"},
        Case{"FractionOfAll", "split.validation=1",
             "split.validation.fraction: must be at least 0 and below 1, is 1"},
        Case{"FractionNegative", "split.validation=-0.1",
             "split.validation.fraction: must be at least 0 and below 1, is -0.1"},
        Case{"MetricTwice", "evaluate.metrics=[mae, r2, mae]",
             "evaluate.metrics.2: 'mae' is there twice"},
        Case{"Ddof", "evaluate.sd_ddof=2", "evaluate.sd_ddof: must be 0 or 1, is 2"},
        Case{"Threads", "resources.threads_per_slot=0",
             "resources.threads_per_slot: must be at least 1, is 0"},
        Case{"CheckpointSeconds", "resources.checkpoint_seconds=604801",
             "resources.checkpoint_seconds: must be at most 604800, a week, is 604801"},
        Case{"SlotsZero", "resources.slots_per_trial=0",
             "resources.slots_per_trial: must be a power of two, is 0"},
        Case{"SlotsThree", "resources.slots_per_trial=3",
             "resources.slots_per_trial: must be a power of two, is 3"},
        Case{"SlotsFour", "resources.slots_per_trial=4", ""},
        Case{"SlotsEight", "resources.slots_per_trial=8",
             "resources.slots_per_trial: more slots than leaves: 8 slots, but a batch of 4 "
             "in leaves of 1 has 4 leaves; take fewer slots, a larger batch or smaller leaves"}),
    [](const auto& info) { return info.param.name; });

TEST(CheckTest, TheLastLeafOfABatchMayBeShort) {
  EXPECT_EQ(ProblemWith({"train.batch=5", "train.leaf=3", "resources.slots_per_trial=2"}), "");
}

TEST(CheckTest, AnArmsBatchMustFeedTheSlotsToo) {
  EXPECT_EQ(ProblemWith({"resources.slots_per_trial=4", "arms.T1w.train.batch=2"}),
            "--set resources.slots_per_trial=4: resources.slots_per_trial: more slots than leaves: "
            "4 slots for arm T1w, but a batch of 2 in leaves of 1 has 2 leaves; take fewer "
            "slots, a larger batch or smaller leaves");
}

TEST(CheckTest, WhatIsMissingIsToldForTheWholeFile) {
  auto parsed = ParseExperiment("train: {epochs: 3}", "exp.yaml");
  ASSERT_TRUE(parsed.ok());
  FillDefaults(parsed->spec);
  EXPECT_EQ(CheckExperiment(parsed->spec, parsed->sources).message(),
            "exp.yaml: name: is missing\n"
            "exp.yaml: cohorts: at least one is needed: {NAME: {manifest: FILE.csv}}\n"
            "exp.yaml: task: is missing: {regression: {target: COLUMN}}\n"
            "exp.yaml: arms.all.channels: is missing: write the channels, [T1w]; the cohorts list "
            "no image in common");
}

TEST(CheckTest, AnotherNetworkInAnArmHasNothingOfTheExperimentsSlices) {
  for (const char* const arm : {"resnet3d: {}", "slice_lstm: {}", "sfcn: {}"}) {
    EXPECT_EQ(ProblemWith({"model={resnet2d: {}, slices: {axis: x, aggregate: median}}",
                           absl::StrCat("arms.T1w.model={", arm, "}")}),
              "")
        << arm;
  }
}

TEST(CheckTest, WhatNeedsValidationIsNotTakenWithout) {
  EXPECT_THAT(ProblemWith({"split.validation=none", "train.stop_after=3"}),
              ::testing::HasSubstr("train.stop_after: needs validation"));
  EXPECT_THAT(ProblemWith({"split.validation=none", "train.select={mean_of: 3}"}),
              ::testing::HasSubstr("train.select.mean_of: needs validation"));
  EXPECT_EQ(ProblemWith({"train.stop_after=3", "train.select={mean_of: 3}"}), "");
}

TEST(CheckTest, WithoutAFileThePathStandsAlone) {
  auto parsed = ParseExperiment(kGood, "exp.yaml");
  ASSERT_TRUE(parsed.ok());
  parsed->spec.mutable_train()->set_epochs(0);
  FillDefaults(parsed->spec);
  EXPECT_EQ(CheckExperiment(parsed->spec).message(), "train.epochs: must be at least 1, is 0");
}

TEST(CheckTest, NumbersAndWordsThatNoFileCanHoldAreRefused) {
  auto parsed = ParseExperiment(kGood, "exp.yaml");
  ASSERT_TRUE(parsed.ok());
  FillDefaults(parsed->spec);
  ASSERT_TRUE(CheckExperiment(parsed->spec).ok());
  v1::Evaluate& evaluate = *parsed->spec.mutable_evaluate();
  evaluate.add_cs(NAN);
  evaluate.set_bias_correction(static_cast<v1::BiasMethod>(77));
  evaluate.set_metrics(0, v1::METRIC_UNSPECIFIED);
  parsed->spec.mutable_train()->set_clip_norm(INFINITY);
  const std::string told(CheckExperiment(parsed->spec).message());
  EXPECT_THAT(told, ::testing::HasSubstr("train.clip_norm: must be a finite number, is inf"));
  EXPECT_THAT(told, ::testing::HasSubstr("evaluate.metrics.0: there is no value 0"));
  EXPECT_THAT(told, ::testing::HasSubstr("evaluate.cs.0: must be a finite number, is nan"));
  EXPECT_THAT(told, ::testing::HasSubstr("evaluate.bias_correction: there is no value 77"));
}

TEST(CheckTest, ANetworkIsNotToldItsTarget) {
  EXPECT_THAT(ProblemWith({"model={resnet3d: {film: [age]}}"}),
              ::testing::HasSubstr("model.resnet3d.film.columns: 'age' is the target"));
  // The same column by another name.
  EXPECT_THAT(ProblemWith({"model={resnet3d: {film: [years]}}", "cohorts.a.columns={years: age}"}),
              ::testing::HasSubstr("model.resnet3d.film.columns: 'years' is the target"));
}

TEST(CheckTest, ALaterStageHasNothingOfTheWeightsThatTheFirstBeganWith) {
  auto parsed = ParseExperiment(absl::StrCat(kGood,
                                             "init: {weights: w.pt, skip: [layer4.*]}\n"
                                             "stages: {first: {}, second: {}}\n"),
                                "exp.yaml");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  FillDefaults(parsed->spec);
  EXPECT_TRUE(CheckExperiment(parsed->spec).ok()) << CheckExperiment(parsed->spec);
  const v1::Init& second = parsed->spec.stages(1).init();
  EXPECT_EQ(second.stage(), "first");
  EXPECT_EQ(second.skip_size(), 0);
}

TEST(CheckTest, NamesThatComeTwiceAreToldOfSpecsThatWereNoFile) {
  auto parsed = ParseExperiment(kGood, "exp.yaml");
  ASSERT_TRUE(parsed.ok());
  *parsed->spec.add_arms() = parsed->spec.arms(0);
  *parsed->spec.add_cohorts() = parsed->spec.cohorts(0);
  parsed->spec.mutable_recipe()->add_steps();
  FillDefaults(parsed->spec);
  EXPECT_EQ(CheckExperiment(parsed->spec).message(),
            "cohorts: two are called 'a'\nrecipe.5: is no step\narms: two are called 'T1w'");
}

TEST(CheckTest, AnArmSeesNoChannelThatItsOwnRecipeDoesNotMake) {
  EXPECT_EQ(ProblemWith({"arms.RI.recipe=[{reorient: RAS}]"}),
            "exp.yaml:4: arms.RI.channels.1: unknown channel 'RI'; there are: T1w, T2w");
}

TEST(CheckTest, ChannelsMustBeInEveryCohort) {
  EXPECT_EQ(ProblemWith({"cohorts.b={manifest: m.csv, images: {T1w: x}}"}),
            "exp.yaml:3: recipe.3.ratio.of: unknown channel 'T2w'; did you mean 'T1w'?");
}

TEST(CheckTest, CohortsWithoutACommonChannelHaveNone) {
  EXPECT_THAT(ProblemWith({"cohorts.b={manifest: m.csv, images: {F: x}}"}),
              ::testing::HasSubstr("arms.T1w.channels.0: unknown channel 'T1w'; there are: RI"));
  EXPECT_THAT(ProblemWith({"cohorts.b={manifest: m.csv, images: {F: x}}", "arms={a: {}}",
                           "recipe=[{reorient: RAS}]"}),
              ::testing::HasSubstr("arms.a.channels: is missing"));
}

TEST(CheckTest, WithoutImagesAnyColumnMayBeAChannel) {
  EXPECT_EQ(ProblemWith({"cohorts.b={manifest: m.csv}", "arms.T1w.channels=[anything]"}), "");
}

TEST(CheckTest, AProblemOfTheFileHasItsLine) {
  auto parsed = ParseExperiment("name: x\ntrain:\n  batch: 0\n", "exp.yaml");
  ASSERT_TRUE(parsed.ok());
  FillDefaults(parsed->spec);
  EXPECT_THAT(CheckExperiment(parsed->spec, parsed->sources).message(),
              ::testing::HasSubstr("exp.yaml:3: train.batch: must be at least 1, is 0\n"));
}

}  // namespace
}  // namespace gyrus

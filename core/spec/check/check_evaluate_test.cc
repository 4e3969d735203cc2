#include "absl/strings/str_cat.h"
#include "core/spec/check/check.h"
#include "core/spec/defaults/defaults.h"
#include "core/spec/parse/experiment.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr absl::string_view kGood = R"(name: x
cohorts: {a: {manifest: m.csv, images: {T1w: "{id}.nii", T2w: y}}}
arms: {T1w: {channels: [T1w]}, T2w: {channels: [T2w]}}
task: {regression: {target: age}}
)";

// A class for one arm beside a number for the other.
constexpr absl::string_view kMixed = R"(name: x
cohorts: {a: {manifest: m.csv, images: {T1w: "{id}.nii", T2w: y}}}
arms:
  T1w: {channels: [T1w]}
  T2w: {channels: [T2w], task: {classification: {target: outcome, classes: [good, bad]}}}
task: {regression: {target: age}}
)";

// The problems that are about `evaluate`.
std::string ProblemIn(absl::string_view yaml, std::vector<std::string> overrides) {
  auto parsed = ParseExperiment(yaml, "exp.yaml", std::move(overrides));
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (!parsed.ok()) return "";
  FillDefaults(parsed->spec);
  const absl::Status status = CheckExperiment(parsed->spec, parsed->sources);
  const std::string told(status.message());
  const size_t at = told.find("evaluate.");
  return at == std::string::npos ? "" : told.substr(at, told.find('\n', at) - at);
}

struct Case {
  std::string name;
  std::string evaluate;
  std::string problem;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.evaluate; }

class EvaluateCaseTest : public ::testing::TestWithParam<Case> {};

TEST_P(EvaluateCaseTest, IsTold) {
  const Case& c = GetParam();
  // The problem names its place once; an override's own text has a '='.
  std::string told = ProblemIn(absl::StrCat(kGood, "evaluate: ", c.evaluate, "\n"), {});
  EXPECT_EQ(told, c.problem);
}

INSTANTIATE_TEST_SUITE_P(
    Good, EvaluateCaseTest,
    ::testing::Values(
        Case{"Metrics", "{metrics: [mae, spearman, median_ae, sd_ae, bias, gap_age_correlation]}",
             ""},
        Case{"Alphas", "{cs: [0, 1, 2.5]}", ""},
        Case{"Groups", "{groups: {by: age, edges: [0, 1, 2, 6]}}", ""},
        Case{"Sites", "{by: [site, scanner]}", ""},
        Case{"Correction", "{bias_correction: cole}", ""}, Case{"Compare", "{compare: T2w}", ""},
        Case{"CompareFully",
             "{compare: {with: T1w, metric: r2, alternative: greater, correction: bh, seed: 7}}",
             ""}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Bad, EvaluateCaseTest,
    ::testing::Values(
        Case{"MetricTwice", "{metrics: [mae, r2, mae]}",
             "evaluate.metrics.2: 'mae' is there twice"},
        Case{"MetricOfNoArm", "{metrics: [mae, auc]}",
             "evaluate.metrics.1: 'auc' is of a class, and no arm's task outputs one"},
        Case{"MetricOfImages", "{metrics: [dice]}",
             "evaluate.metrics.0: 'dice' is of a label image, and no arm's task outputs one"},
        Case{"NegativeAlpha", "{cs: [1, -2]}", "evaluate.cs.1: must be at least 0, is -2"},
        Case{"AlphaTwice", "{cs: [1, 1]}", "evaluate.cs.1: 1 is there twice"},
        Case{"GroupsWithoutColumn", "{groups: {edges: [0, 1]}}",
             "evaluate.groups: by is missing: the column of numbers"},
        Case{"GroupsWithoutEdges", "{groups: {by: age}}",
             "evaluate.groups: edges must be two numbers or more, each above the one before: "
             "[0, 1, 2, 6]"},
        Case{"OneEdge", "{groups: {by: age, edges: [1]}}",
             "evaluate.groups.edges: edges must be two numbers or more, each above the one "
             "before: [0, 1, 2, 6]"},
        Case{"FallingEdges", "{groups: {by: age, edges: [0, 2, 2]}}",
             "evaluate.groups.edges: edges must be two numbers or more, each above the one "
             "before: [0, 1, 2, 6]"},
        Case{"BySubject", "{by: [subject]}",
             "evaluate.by.0: 'subject' groups no subjects; take site, or a column of the "
             "manifest"},
        Case{"SiteTwice", "{by: [site, site]}", "evaluate.by.1: 'site' is there twice"},
        Case{"UnknownArm", "{compare: T3w}",
             "evaluate.compare.with: unknown arm 'T3w'; did you mean 'T1w'?"},
        Case{"NoArm", "{compare: {metric: mae}}",
             "evaluate.compare: with is missing: the arm to compare the others with"},
        Case{"MetricThatNoArmHas", "{compare: {with: T1w, metric: auc}}",
             "evaluate.compare.metric: 'auc' is of a class, and arm T1w outputs none"},
        Case{"UnknownExternal", "{external: [b]}",
             "evaluate.external.0: unknown cohort 'b'; there are: a"},
        Case{"AllExternal", "{external: [a]}",
             "evaluate.external: names all cohorts; none is left to train on"},
        Case{"ExpectationOfABias", "{compare: {with: T1w, metric: bias, alternative: less}}",
             "evaluate.compare.alternative: must be two_sided: neither a small nor a large "
             "'bias' is better"}),
    [](const auto& info) { return info.param.name; });

TEST(CheckEvaluateTest, CorrectionNeedsAValidationPart) {
  EXPECT_EQ(ProblemIn(absl::StrCat(kGood,
                                   "split: {validation: none}\n"
                                   "evaluate: {bias_correction: age_regression}\n"),
                      {}),
            "evaluate.bias_correction: is fitted on the validation part of each fold, and "
            "split.validation is none");
}

TEST(CheckEvaluateTest, AMetricThatOneArmAnswersIsTaken) {
  EXPECT_EQ(ProblemIn(absl::StrCat(kMixed, "evaluate: {metrics: [mae, auc]}\n"), {}), "");
}

TEST(CheckEvaluateTest, ArmsWithDifferentAnswersAreNotCompared) {
  EXPECT_EQ(ProblemIn(absl::StrCat(kMixed, "evaluate: {compare: T1w}\n"), {}),
            "evaluate.compare.metric: 'mae' is of a number, and arm T2w outputs none");
  EXPECT_EQ(
      ProblemIn(kGood, {"arms.T2w.task={regression: {target: weight}}", "evaluate={compare: T1w}"}),
      "evaluate.compare: arms T1w and T2w have different targets or classes, so they "
      "cannot be compared");
}

TEST(CheckEvaluateTest, ANumberAndAClassOfOneColumnAreDifferentTargets) {
  EXPECT_EQ(ProblemIn("name: x\ncohorts: {a: {manifest: m.csv, images: {T1w: y, L: z}}}\n"
                      "task: {segmentation: {labels: L, classes: {brain: [1]}}}\n"
                      "arms:\n"
                      "  a: {channels: [T1w], task: {regression: {target: grade}}}\n"
                      "  b: {channels: [T1w],\n"
                      "      task: {classification: {target: grade, classes: [good, bad]}}}\n"
                      "evaluate: {compare: {with: a, metric: dice}}\n",
                      {}),
            "evaluate.compare: arms a and b have different targets or classes, so they "
            "cannot be compared");
}

TEST(CheckEvaluateTest, ClassesInAnotherOrderAreNotCompared) {
  // By their places good of one arm would be bad of the other.
  EXPECT_EQ(ProblemIn("name: x\ncohorts: {a: {manifest: m.csv, images: {T1w: y}}}\n"
                      "arms:\n"
                      "  a: {task: {classification: {target: grade, classes: [good, bad]}}}\n"
                      "  b: {task: {classification: {target: grade, classes: [bad, good]}}}\n"
                      "evaluate: {compare: {with: a, metric: accuracy}}\n",
                      {}),
            "evaluate.compare: arms a and b have different targets or classes, so they "
            "cannot be compared");
}

TEST(CheckEvaluateTest, AColumnIsGroupedOneWay) {
  EXPECT_EQ(ProblemIn(absl::StrCat(kGood,
                                   "evaluate: {groups: {by: sex, edges: [0, 1]}, "
                                   "by: [site, sex]}\n"),
                      {}),
            "evaluate.by.1: 'sex' is grouped by evaluate.groups already");
}

TEST(CheckEvaluateTest, OneArmIsNotCompared) {
  EXPECT_EQ(ProblemIn("name: x\ncohorts: {a: {manifest: m.csv, images: {T1w: y}}}\n"
                      "arms: {T1w: {}}\ntask: {regression: {target: age}}\n"
                      "evaluate: {compare: T1w}\n",
                      {}),
            "evaluate.compare: there is only one arm; a comparison needs two");
}

TEST(CheckEvaluateTest, ErrorsNeedANumber) {
  constexpr absl::string_view kClasses =
      "name: x\ncohorts: {a: {manifest: m.csv, images: {T1w: y}}}\narms: {T1w: {}}\n"
      "task: {classification: {target: outcome, classes: [good, bad]}}\n";
  const std::string wrong = ": is of errors of a number, and no arm's task outputs one";
  EXPECT_EQ(ProblemIn(absl::StrCat(kClasses, "evaluate: {cs: [1]}\n"), {}), "evaluate.cs" + wrong);
  EXPECT_EQ(ProblemIn(absl::StrCat(kClasses, "evaluate: {by: [site]}\n"), {}),
            "evaluate.by" + wrong);
  EXPECT_EQ(ProblemIn(absl::StrCat(kClasses, "evaluate: {groups: {by: age, edges: [0, 1]}}\n"), {}),
            "evaluate.groups" + wrong);
  EXPECT_EQ(ProblemIn(absl::StrCat(kClasses, "evaluate: {bias_correction: cole}\n"), {}),
            "evaluate.bias_correction" + wrong);
}

TEST(CheckEvaluateTest, WithoutATaskOnlyThatIsTold) {
  EXPECT_EQ(ProblemIn("name: x\ncohorts: {a: {manifest: m.csv, images: {T1w: y}}}\n"
                      "arms: {T1w: {}}\nevaluate: {metrics: [auc], cs: [1]}\n",
                      {}),
            "");
}

}  // namespace
}  // namespace gyrus

// Tests all kinds of outputs of networks, and outputs without a target to compare with,
// through the real programs.
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"
#include "tests/cluster/tables.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;

class AnswersTest : public ProgramsTest {
 protected:
  AnswersTest() { MakeCohort(); }

  void Edit(const std::function<void(int, Row&)>& change) const {
    EditManifest(In("cohort/participants.csv"), change);
  }

  Ran RunWith(std::vector<std::string> sets, const std::string& out = "out") const {
    std::vector<std::string> more = {"--set", "train.epochs=2"};
    for (std::string& set : sets) {
      more.push_back("--set");
      more.push_back(std::move(set));
    }
    return RunExperiment(out, std::move(more));
  }

  std::vector<Row> PredictionsOf(const Json& fold) const {
    return ReadTable(In("out/") + fold["predictions"].get<std::string>(), '\t');
  }
};

constexpr char kClasses[] = "task={classification: {target: sex, classes: [F, M]}}";

TEST_F(AnswersTest, ClassesAreJudgedByWhatIsWritten) {
  const Ran ran = RunWith({kClasses});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  std::map<std::string, std::string> sexes;
  for (Row& row : ReadTable(In("cohort/participants.csv"), ',')) {
    sexes[absl::StrCat("phantoms/", row["subject_id"], "/1")] = row["sex"];
  }
  for (const Json& fold : JsonOf(ran)["arms"][0]["folds"]) {
    int right = 0, n = 0;
    for (Row& row : PredictionsOf(fold)) {
      EXPECT_EQ(row["target"], sexes[row["item"]]);
      const double f = Number(row["probability:F"]), m = Number(row["probability:M"]);
      EXPECT_NEAR(f + m, 1, 1e-6);
      EXPECT_EQ(row["prediction"], m >= 0.5 ? "M" : "F");
      right += row["prediction"] == row["target"];
      ++n;
    }
    ASSERT_EQ(fold["n"], n);
    EXPECT_NEAR(fold["metrics"]["accuracy"], static_cast<double>(right) / n, 1e-12);
    EXPECT_TRUE(fold["baseline"]["accuracy"].is_number());
  }
}

TEST_F(AnswersTest, AFoldThatTestsOneClassSaysWhatIsNotDefinedThere) {
  Edit([](int row, Row& cells) { cells["sex"] = row < 2 ? "M" : "F"; });
  const Ran ran = RunWith(
      {kClasses, "split.validation=none", "evaluate={metrics: [accuracy, auc, sensitivity]}"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const Json result = JsonOf(ran);
  const Json arm = result["arms"][0];
  int undefined = 0;
  for (const Json& fold : arm["folds"]) {
    EXPECT_TRUE(fold["metrics"]["accuracy"].is_number());
    if (!fold["metrics"]["auc"].is_null()) continue;
    ++undefined;
    EXPECT_FALSE(fold["undefined"]["auc"].get<std::string>().empty());
  }
  EXPECT_EQ(undefined, 1);
  EXPECT_EQ(arm["undefined"]["auc"]["folds"], 1);
  EXPECT_TRUE(arm["mean"]["auc"].is_number());
  EXPECT_THAT(result["warnings"].dump(), HasSubstr("tests no item of class M"));
}

TEST_F(AnswersTest, SoftLabelsAnswerWithinTheirBins) {
  const Ran ran = RunWith(
      {"task={soft_labels: {target: age, from: 0, to: 120, bins: 24, sigma: 5, unit: years}}"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  for (const Json& fold : JsonOf(ran)["arms"][0]["folds"]) {
    double error = 0;
    const auto rows = PredictionsOf(fold);
    for (Row row : rows) {
      const double said = Number(row["prediction"]);
      EXPECT_GT(said, 0);
      EXPECT_LT(said, 120);
      error += std::abs(said - Number(row["target"]));
    }
    EXPECT_NEAR(fold["metrics"]["mae"], error / rows.size(), 1e-9);
  }
  const Ran outside = RunWith({"task={soft_labels: {target: age, from: 0, to: 40}}"}, "other");
  EXPECT_EQ(outside.exit_code, 3);
  EXPECT_THAT(outside.err, ContainsRegex("participants.csv:[0-9]+ .*column 'age' is [0-9.]+, "
                                         "outside of the bins from 0 to 40"));
}

TEST_F(AnswersTest, WhatIsMissingIsMaskedCountedAndInNoMean) {
  Edit([](int row, Row& cells) {
    if (row % 4 == 1) cells["age"] = "n/a";
    if (row == 2) cells["site"] = "n/a";
  });
  const Ran ran = RunWith({"task={regression: {target: age, missing: mask}, reconstruction: {}}",
                           "model={unet3d: {features: [4, 8]}}",
                           "evaluate={metrics: [mae, reconstruction_error], by: [site], "
                           "groups: {by: age, edges: [0, 1, 120]}}"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const Json result = JsonOf(ran);
  int without = 0;
  for (const Json& fold : result["arms"][0]["folds"]) {
    double error = 0;
    int known = 0;
    for (Row& row : PredictionsOf(fold)) {
      Number(row["reconstruction_error"]);
      if (row["target"] == "n/a") continue;
      error += std::abs(Number(row["prediction"]) - Number(row["target"]));
      ++known;
    }
    EXPECT_EQ(fold["without_target"], fold["n"].get<int>() - known);
    without += fold["without_target"].get<int>();
    EXPECT_NEAR(fold["metrics"]["mae"], error / known, 1e-9);
  }
  EXPECT_EQ(without, 3);
  // Nobody is younger than 1. The group stays in the table, without numbers.
  const Json by_age = result["groups"][0];
  EXPECT_EQ(by_age["groups"][0]["n"], 0);
  EXPECT_TRUE(by_age["groups"][0]["mae"].is_null());
  EXPECT_FALSE(by_age["groups"][0]["reason"].get<std::string>().empty());
  EXPECT_EQ(by_age["groups"][1]["n"], 9);
  EXPECT_EQ(by_age["without_target"], 3);
  const Json by_site = result["groups"][1];
  EXPECT_EQ(by_site["groups"].size(), 2);
  EXPECT_EQ(by_site["outside"], 1);
}

TEST_F(AnswersTest, ANetworkThatIsShownNothingAnswersOneNumberAndThatIsSaid) {
  // Slices below the brain: zeros in every image.
  const Ran ran = RunWith(
      {"recipe=[{reorient: RAS}, {crop_or_pad: [40, 48, 160]}, {zscore: {inside: brain}}]",
       "train.augment={}", "model={resnet2d: {depth: 10, width: 4}, slices: {from: 0, count: 2}}",
       "evaluate={metrics: [mae, r2, pearson, spearman], bias_correction: age_regression}"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const Json result = JsonOf(ran);
  const Json arm = result["arms"][0];
  for (const Json& fold : arm["folds"]) {
    const auto rows = PredictionsOf(fold);
    for (Row row : rows) EXPECT_EQ(row["prediction"], Row(rows.front())["prediction"]);
    EXPECT_TRUE(fold["metrics"]["mae"].is_number());
    EXPECT_TRUE(fold["metrics"]["r2"].is_number());
    for (const char* const name : {"pearson", "spearman"}) {
      EXPECT_TRUE(fold["metrics"][name].is_null());
      EXPECT_EQ(fold["undefined"][name], "the predictions have one value");
    }
  }
  EXPECT_TRUE(arm["mean"]["mae"].is_number());
  EXPECT_TRUE(arm["mean"]["pearson"].is_null());
  EXPECT_EQ(arm["undefined"]["pearson"]["folds"], 3);
  EXPECT_THAT(result["warnings"].dump(), HasSubstr("all 4 test predictions are the same"));
}

TEST_F(AnswersTest, ALossThatIsNotFiniteNamesItsStepAndLeavesTheWeightsBefore) {
  for (const char* const slots : {"1", "2"}) {
    const std::string out = absl::StrCat("out", slots);
    const Ran ran = RunWith({"train.schedule={step: {every: 1, factor: 1.0e45}}",
                             absl::StrCat("resources.slots_per_trial=", slots)},
                            out);
    EXPECT_EQ(ran.exit_code, 1) << ran.err;
    const Json result = JsonOf(ran);
    EXPECT_EQ(result["state"], "INCOMPLETE");
    for (const Json& fold : result["arms"][0]["folds"]) {
      EXPECT_EQ(fold["state"], "FAILED");
      EXPECT_THAT(fold["reason"]["message"].get<std::string>(),
                  ContainsRegex("the loss became .* in step [0-9]+ of epoch 1: first in "));
      const std::string left = In(out + "/") + fold["checkpoint"].get<std::string>();
      EXPECT_THAT(left, HasSubstr("/failed/T1w/r0-f"));
      EXPECT_TRUE(ReadFile(left + "/weights.safetensors").ok());
      EXPECT_TRUE(ReadFile(left + "/checkpoint.pb").ok());
    }
  }
}

}  // namespace
}  // namespace gyrus

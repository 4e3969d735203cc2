// Tests the parts of a result beside its means: comparisons, groups, cumulative scores
// and corrected gaps.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "coordinator/result/testing/result_fixture.h"
#include "core/evaluate/metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "gyrus/v1/checkpoint.pb.h"

namespace gyrus {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

v1::Plan PlanOfTwoArms() {
  v1::ExperimentSpec spec = MakeSpec(2);
  v1::Arm& other = *spec.add_arms();
  other.set_name("RI");
  other.add_channels("T1w");
  spec.mutable_split()->mutable_validation()->set_fraction(0.5);
  v1::SampleTable table = MakeTable(16);
  for (v1::Sample& sample : *table.mutable_samples()) {
    sample.set_site(sample.numbers().at("age") < 4 ? "north" : "south");
  }
  return *MakePlan(spec, std::vector{table}, FakeNetworkCost);
}

// Two folds of two arms over samples whose ages are 0 to 15. Of an item of age a
// T1w says 1 + a / 2, RI a + 1.
class StatisticsResultTest : public MakeResultTest {
 protected:
  StatisticsResultTest() : MakeResultTest(PlanOfTwoArms()) {}

  v1::Evaluate& evaluate() { return *plan_.mutable_spec()->mutable_evaluate(); }

  static double Said(const std::string& arm, double age) {
    return arm == "T1w" ? 1 + age / 2 : age + 1;
  }

  template <typename Indices>
  std::vector<v1::Prediction> Of(const std::string& arm, const Indices& indices) const {
    std::vector<v1::Prediction> predictions;
    for (const uint32_t index : indices) {
      v1::Prediction& p = predictions.emplace_back();
      p.set_item(plan_.samples(index).id());
      p.set_target(index);
      p.set_prediction(Said(arm, index));
    }
    return predictions;
  }

  std::string CheckpointOf(const std::vector<v1::Prediction>& golden) {
    v1::Checkpoint checkpoint;
    for (const v1::Prediction& p : golden) *checkpoint.add_golden() = p;
    return checkpoint.SerializeAsString();
  }

  // Where no checkpoint is given, it is the one that the trainer leaves.
  void TrainFold(const std::string& arm, int fold, const std::string& checkpoint = "") {
    const std::string trial = absl::StrCat(arm, "/train/r0/f", fold, "/s7");
    const std::string contents[] = {
        *FormatPredictions(plan_.arms(0).task(), Of(arm, plan_.folds(fold).test())),
        checkpoint.empty() ? CheckpointOf(Of(arm, plan_.folds(fold).validation())) : checkpoint};
    v1::TrainerFinished finished = Finished(0, trial);
    const int places[] = {2, 1};
    for (int i = 0; i < 2; ++i) {
      finished.mutable_artifacts(places[i])->set_sha256(Sha256Of(contents[i]));
      vault_[Sha256Of(contents[i])] = contents[i];
    }
    Do(StartAttempt{trial, Gang(1), "cpu"});
    Do(FinishRank{trial, 1, 0, finished});
  }

  v1::Result MustRun() {
    Do(AdoptPlan{plan_});
    for (const char* arm : {"T1w", "RI"}) {
      for (int fold = 0; fold < 2; ++fold) TrainFold(arm, fold);
    }
    const auto result = ResultOf();
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : v1::Result();
  }
};

TEST_F(StatisticsResultTest, WhatIsNotAskedForIsNotThere) {
  const v1::Result result = MustRun();
  EXPECT_EQ(result.state(), v1::EXPERIMENT_STATE_VALID);
  EXPECT_FALSE(result.has_comparisons());
  EXPECT_THAT(result.group_tables(), IsEmpty());
  EXPECT_THAT(result.arms(0).cumulative_scores(), IsEmpty());
  EXPECT_FALSE(result.arms(0).has_bias());
  EXPECT_THAT(MakeResult(machine_, sources_)->files, IsEmpty());
}

TEST_F(StatisticsResultTest, ArmsAreComparedByAMetricThatIsNotShown) {
  evaluate().clear_metrics();
  evaluate().add_metrics(v1::METRIC_MAE);
  v1::Compare& compare = *evaluate().mutable_compare();
  compare.set_with("RI");
  compare.set_metric(v1::METRIC_MEDIAN_AE);
  compare.set_alternative(v1::ALTERNATIVE_TWO_SIDED);
  compare.set_correction(v1::CORRECTION_HOLM);
  compare.set_seed(3);
  const v1::Result result = MustRun();
  EXPECT_EQ(result.arms(0).folds(0).metrics().values_size(), 1);
  const v1::Comparisons& comparisons = result.comparisons();
  EXPECT_EQ(comparisons.with(), "RI");
  EXPECT_EQ(comparisons.metric(), v1::METRIC_MEDIAN_AE);
  EXPECT_EQ(comparisons.seed(), 3);
  ASSERT_EQ(comparisons.comparisons_size(), 1);
  const v1::Comparison& comparison = comparisons.comparisons(0);
  EXPECT_EQ(comparison.arm(), "T1w");
  EXPECT_EQ(comparison.difference().n(), 2);
  EXPECT_EQ(comparison.error_difference().n(), 16);
  double difference = 0;
  for (int age = 0; age < 16; ++age) difference += std::abs(1 - age / 2.0) - 1;
  EXPECT_NEAR(comparison.error_difference().value(), difference / 16, 1e-12);
  ASSERT_EQ(comparison.tests_size(), 3);
  EXPECT_EQ(comparison.tests(2).kind(), v1::TEST_KIND_WILCOXON);
  EXPECT_TRUE(comparison.tests(2).has_p_corrected());
  EXPECT_EQ(comparisons.all_arms_size(), 3);
}

TEST_F(StatisticsResultTest, PooledMetricsStandBesideMeansAndTheBaseline) {
  const v1::Result result = MustRun();
  EXPECT_EQ(result.pool(), v1::POOL_FOLDS);
  const v1::ArmResult& arm = result.arms(0);
  EXPECT_EQ(arm.pooled().n(), 16);
  double sum = 0;
  for (int age = 0; age < 16; ++age) sum += std::abs(1 - age / 2.0);
  EXPECT_DOUBLE_EQ(*ValueOf(arm.pooled().metrics(), v1::METRIC_MAE), sum / 16);
  EXPECT_NEAR(*ValueOf(arm.pooled().metrics(), v1::METRIC_PEARSON), 1, 1e-12);
  const v1::BaselineComparison& baseline = arm.baseline_comparison();
  EXPECT_EQ(baseline.metric(), v1::METRIC_MAE);
  EXPECT_EQ(baseline.difference().n(), 2);
  EXPECT_NEAR(baseline.difference().value(),
              *ValueOf(arm.mean(), v1::METRIC_MAE) - *ValueOf(arm.baseline_mean(), v1::METRIC_MAE),
              1e-12);
}

TEST_F(StatisticsResultTest, ArmsAreComparedByPooledItemsWhereThatIsAskedFor) {
  evaluate().set_pool(v1::POOL_ITEMS);
  v1::Compare& compare = *evaluate().mutable_compare();
  compare.set_with("RI");
  compare.set_metric(v1::METRIC_MAE);
  compare.set_alternative(v1::ALTERNATIVE_TWO_SIDED);
  compare.set_correction(v1::CORRECTION_HOLM);
  compare.set_seed(3);
  const v1::Result result = MustRun();
  EXPECT_EQ(result.pool(), v1::POOL_ITEMS);
  ASSERT_EQ(result.comparisons().comparisons_size(), 1);
  const v1::Comparison& comparison = result.comparisons().comparisons(0);
  EXPECT_EQ(comparison.difference().n(), 16);
  EXPECT_NEAR(comparison.difference().value(), comparison.error_difference().value(), 1e-12);
  ASSERT_EQ(comparison.tests_size(), 1);  // No test over folds.
  EXPECT_EQ(comparison.tests(0).kind(), v1::TEST_KIND_WILCOXON);
  ASSERT_EQ(result.comparisons().all_arms_size(), 2);
  EXPECT_EQ(result.comparisons().all_arms(1).kind(), v1::TEST_KIND_REPEATED_MEASURES_ANOVA);
  EXPECT_EQ(result.arms(0).baseline_comparison().difference().n(), 16);
}

TEST_F(StatisticsResultTest, FoldsSayWhichSitesTheyTest) {
  plan_.mutable_spec()->mutable_split()->mutable_kfold()->set_group("site");
  const v1::Result result = MustRun();
  EXPECT_EQ(result.tested_group(), "site");
  EXPECT_THAT(result.arms(0).folds(0).tested_groups(), testing::Not(IsEmpty()));
}

TEST_F(StatisticsResultTest, GroupsAndScoresAreOfEachArm) {
  evaluate().mutable_groups()->set_by("age");
  for (const double edge : {0, 4, 12}) evaluate().mutable_groups()->add_edges(edge);
  evaluate().add_by("site");
  evaluate().add_cs(1);
  const v1::Result result = MustRun();
  ASSERT_EQ(result.group_tables_size(), 4);
  const v1::GroupTable& by_age = result.group_tables(0);
  EXPECT_EQ(by_age.arm(), "T1w");
  EXPECT_EQ(by_age.by(), "age");
  EXPECT_EQ(by_age.groups(0).n(), 4);
  EXPECT_DOUBLE_EQ(by_age.groups(0).mae().value(), (1 + 0.5 + 0 + 0.5) / 4);
  EXPECT_EQ(by_age.outside(), 3);
  EXPECT_EQ(result.group_tables(1).by(), "site");
  EXPECT_EQ(result.group_tables(1).groups(1).name(), "south");
  EXPECT_EQ(result.group_tables(3).arm(), "RI");
  EXPECT_DOUBLE_EQ(result.group_tables(3).all().mae().value(), 1);
  EXPECT_DOUBLE_EQ(result.arms(0).cumulative_scores(0).percent(), 100.0 * 5 / 16);
  EXPECT_DOUBLE_EQ(result.arms(1).cumulative_scores(0).percent(), 100);
}

TEST_F(StatisticsResultTest, GapsAreCorrectedByEachFoldsValidationItems) {
  evaluate().set_bias_correction(v1::BIAS_METHOD_COLE);
  const v1::Result result = MustRun();
  const v1::BiasResult& bias = result.arms(0).bias();
  ASSERT_EQ(bias.folds_size(), 2);
  for (int f = 0; f < 2; ++f) {
    EXPECT_EQ(bias.folds(f).fold(), f);
    EXPECT_NEAR(bias.folds(f).slope(), 0.5, 1e-12);
    EXPECT_NEAR(bias.folds(f).intercept(), 1, 1e-12);
    EXPECT_EQ(bias.folds(f).n(), plan_.folds(f).validation_size());
  }
  EXPECT_GT(bias.folds(0).n(), 1);
  EXPECT_EQ(bias.uncorrected().n(), 16);
  EXPECT_NEAR(bias.uncorrected().age_correlation(), -1, 1e-12);
  EXPECT_NEAR(bias.corrected().sd(), 0, 1e-12);
  // Accuracy is that of what was predicted.
  EXPECT_GT(*ValueOf(result.arms(0).mean(), v1::METRIC_MAE), 2);

  const auto made = MakeResult(machine_, sources_);
  ASSERT_TRUE(made.ok());
  ASSERT_EQ(made->files.size(), 8);  // Two a fold of an arm.
  EXPECT_EQ(made->files[0].path, "checkpoints/T1w/r0-f0/bias_correction.json");
  EXPECT_EQ(made->files[0].path, bias.folds(0).correction_file());
  EXPECT_THAT(made->files[0].content, HasSubstr("\"method\":\"cole\""));
  EXPECT_EQ(made->files[1].path, "corrected_gaps/T1w/r0-f0.tsv");
  EXPECT_EQ(made->files[1].path, bias.folds(0).gaps_file());
  const std::string& gaps = made->files[1].content;
  EXPECT_EQ(std::count(gaps.begin(), gaps.end(), '\n'), 1 + plan_.folds(0).test_size());
}

TEST_F(StatisticsResultTest, AFoldThatCannotBeCorrectedSaysWhy) {
  evaluate().set_bias_correction(v1::BIAS_METHOD_COLE);
  Do(AdoptPlan{plan_});
  std::vector<v1::Prediction> flat = Of("T1w", plan_.folds(0).validation());
  for (v1::Prediction& p : flat) p.set_prediction(7);
  TrainFold("T1w", 0, CheckpointOf(flat));
  const auto made = MakeResult(machine_, sources_);
  ASSERT_TRUE(made.ok()) << made.status();
  const v1::BiasResult& bias = made->result.arms(0).bias();
  ASSERT_EQ(bias.folds_size(), 1);
  EXPECT_FALSE(bias.folds(0).has_slope());
  EXPECT_THAT(bias.folds(0).reason(), HasSubstr("hardly follow age"));
  EXPECT_EQ(bias.folds(0).gaps_file(), "");
  EXPECT_THAT(made->files, IsEmpty());
}

TEST_F(StatisticsResultTest, AFoldWithoutValidationItemsIsNotCorrectedByItsTestItems) {
  evaluate().set_bias_correction(v1::BIAS_METHOD_AGE_REGRESSION);
  plan_.mutable_folds(0)->clear_validation();
  Do(AdoptPlan{plan_});
  TrainFold("T1w", 0, CheckpointOf(Of("T1w", plan_.folds(0).test())));
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->arms(0).bias().folds(0).has_slope());
  EXPECT_THAT(result->arms(0).bias().folds(0).reason(), HasSubstr("no validation item"));
}

TEST_F(StatisticsResultTest, ValidationPredictionsOfOtherItemsAreRefused) {
  evaluate().set_bias_correction(v1::BIAS_METHOD_COLE);
  Do(AdoptPlan{plan_});
  TrainFold("T1w", 0, CheckpointOf(Of("T1w", plan_.folds(0).test())));
  const absl::Status status = ResultOf().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("validation items"));
}

TEST_F(StatisticsResultTest, ADamagedCheckpointIsRefused) {
  evaluate().set_bias_correction(v1::BIAS_METHOD_COLE);
  Do(AdoptPlan{plan_});
  TrainFold("T1w", 0, "no message");
  EXPECT_EQ(ResultOf().status().code(), absl::StatusCode::kDataLoss);
  vault_[Sha256Of("no message")] = "no content";
  EXPECT_EQ(ResultOf().status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(StatisticsResultTest, WhatFailedIsLeftOutOfEverything) {
  v1::Compare& compare = *evaluate().mutable_compare();
  compare.set_with("RI");
  compare.set_metric(v1::METRIC_MAE);
  compare.set_correction(v1::CORRECTION_NONE);
  evaluate().add_by("site");
  Do(AdoptPlan{plan_});
  TrainFold("T1w", 0);
  TrainFold("RI", 1);
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  const v1::Comparison& comparison = result->comparisons().comparisons(0);
  EXPECT_EQ(comparison.difference().n(), 0);
  EXPECT_NE(comparison.difference().reason(), "");
  EXPECT_EQ(comparison.error_difference().n(), 0);
  EXPECT_EQ(result->group_tables(0).all().n(), plan_.folds(0).test_size());
}

// Four infants of a clinic, of whom one has no age, are predicted by all.
class ExternalResultTest : public StatisticsResultTest {
 protected:
  ExternalResultTest() {
    for (int i = 0; i < 4; ++i) {
      v1::Sample& sample = *plan_.add_external() = MakeSample(absl::StrCat("c", i), 10 * i);
      if (i == 3) sample.clear_numbers();
    }
    v1::Compare& compare = *evaluate().mutable_compare();
    compare.set_with("RI");
    compare.set_metric(v1::METRIC_MAE);
    compare.set_seed(3);
  }

  // The network of the fold is wrong by `error` everywhere.
  void TrainFold(const std::string& arm, int fold, double error) {
    std::vector<v1::Prediction> external;
    for (const v1::Sample& sample : plan_.external()) {
      v1::Prediction& p = external.emplace_back();
      p.set_item(sample.id());
      const auto age = sample.numbers().find("age");
      if (age != sample.numbers().end()) p.set_target(age->second);
      p.set_prediction((age == sample.numbers().end() ? 50 : age->second) + error);
    }
    const std::string trial = absl::StrCat(arm, "/train/r0/f", fold, "/s7");
    v1::TrainerFinished finished = Finished(0, trial);
    const std::string tested =
        *FormatPredictions(plan_.arms(0).task(), Of(arm, plan_.folds(fold).test()));
    const std::string outside = *FormatPredictions(plan_.arms(0).task(), external);
    finished.mutable_artifacts(2)->set_sha256(Sha256Of(tested));
    v1::Artifact& artifact = *finished.add_artifacts();
    artifact.set_kind(v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS);
    artifact.set_sha256(Sha256Of(outside));
    vault_[Sha256Of(tested)] = tested;
    vault_[Sha256Of(outside)] = outside;
    Do(StartAttempt{trial, Gang(1), "cpu"});
    Do(FinishRank{trial, 1, 0, finished});
  }
};

TEST_F(ExternalResultTest, NetworksStandBesideTheirEnsemble) {
  Do(AdoptPlan{plan_});
  TrainFold("T1w", 0, 3);
  TrainFold("T1w", 1, -1);
  TrainFold("RI", 0, 4);
  TrainFold("RI", 1, 6);
  const auto made = MakeResult(machine_, sources_);
  ASSERT_TRUE(made.ok()) << made.status();
  const v1::ExternalResult& external = made->result.arms(0).external();
  EXPECT_EQ(external.n(), 4);
  EXPECT_EQ(external.without_target(), 1);
  EXPECT_EQ(external.networks(), 2);
  EXPECT_DOUBLE_EQ(*ValueOf(external.mean(), v1::METRIC_MAE), 2);
  EXPECT_DOUBLE_EQ(*ValueOf(external.sd(), v1::METRIC_MAE), std::sqrt(2));
  EXPECT_DOUBLE_EQ(*ValueOf(external.ensemble(), v1::METRIC_MAE), 1);
  EXPECT_DOUBLE_EQ(*ValueOf(made->result.arms(0).folds(1).external_metrics(), v1::METRIC_MAE), 1);
  EXPECT_EQ(made->result.arms(0).folds(1).external_predictions(), "external/T1w/r0-f1.tsv");
  EXPECT_EQ(external.predictions(), "external/T1w/ensemble.tsv");
  ASSERT_EQ(made->files.size(), 2);
  EXPECT_EQ(made->files[0].path, "external/T1w/ensemble.tsv");
  EXPECT_THAT(made->files[0].content, HasSubstr("infants/c1/1\t10\t11\n"));
  EXPECT_THAT(made->files[0].content, HasSubstr("infants/c3/1\tn/a\t51\n"));

  // Beside the folds' comparison there is one of subjects alone.
  const v1::Comparisons& comparisons = made->result.external_comparisons();
  ASSERT_EQ(comparisons.comparisons_size(), 1);
  const v1::Comparison& comparison = comparisons.comparisons(0);
  EXPECT_FALSE(comparison.has_difference());
  EXPECT_EQ(comparison.error_difference().n(), 3);
  EXPECT_DOUBLE_EQ(comparison.error_difference().value(), 1 - 5);
  ASSERT_EQ(comparison.tests_size(), 1);
  EXPECT_EQ(comparison.tests(0).kind(), v1::TEST_KIND_WILCOXON);
  EXPECT_THAT(comparisons.all_arms(), IsEmpty());
  EXPECT_TRUE(made->result.has_comparisons());
}

TEST_F(ExternalResultTest, AnEnsembleIsOfTheFoldsThatAreDone) {
  Do(AdoptPlan{plan_});
  TrainFold("T1w", 1, -1);
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->arms(0).external().networks(), 1);
  EXPECT_DOUBLE_EQ(*ValueOf(result->arms(0).external().ensemble(), v1::METRIC_MAE), 1);
  EXPECT_EQ(result->arms(1).external().networks(), 0);
  EXPECT_EQ(result->arms(1).external().n(), 4);
  EXPECT_EQ(result->external_comparisons().reason(), "no fold is done by all arms");
}

// One of two networks is no match for one of one.
TEST_F(ExternalResultTest, EnsemblesThatAreComparedAreOfOneSize) {
  Do(AdoptPlan{plan_});
  TrainFold("T1w", 0, 3);
  TrainFold("T1w", 1, -1);
  TrainFold("RI", 0, 4);
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->arms(0).external().networks(), 2);
  EXPECT_EQ(result->external_comparisons().networks(), 1);
  // Only fold 0 counts: 3 against 4.
  EXPECT_DOUBLE_EQ(result->external_comparisons().comparisons(0).error_difference().value(), 3 - 4);
}

TEST_F(ExternalResultTest, ATrainerThatLeavesNoExternalPredictionsIsNotDone) {
  Do(AdoptPlan{plan_});
  const std::string trial = "T1w/train/r0/f0/s7";
  Do(StartAttempt{trial, Gang(1), "cpu"});
  const auto events = machine_.Decide(FinishRank{trial, 1, 0, Finished(0, trial)});
  EXPECT_EQ(events.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(events.status().message()), HasSubstr("EXTERNAL_PREDICTIONS"));
}

}  // namespace
}  // namespace gyrus

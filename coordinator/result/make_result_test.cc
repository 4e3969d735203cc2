#include "coordinator/result/make_result.h"

#include <cmath>

#include "coordinator/result/testing/result_fixture.h"
#include "core/evaluate/metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

double MeanOf(const v1::ArmResult& arm, v1::Metric metric) {
  return ValueOf(arm.mean(), metric).value_or(std::nan(""));
}

double MaeOf(const v1::Metrics& metrics) {
  return ValueOf(metrics, v1::METRIC_MAE).value_or(std::nan(""));
}

TEST_F(MakeResultTest, IsComputedFromTheStoredPredictions) {
  plan_.add_warnings("mind the gap");
  Do(AdoptPlan{plan_});
  Train(kTrialA, *Format(Predictions(0, 1)));
  Train(kTrialB, *Format(Predictions(1, 2)));
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->experiment(), "ages");
  EXPECT_EQ(result->id(), "ab12cd34");
  EXPECT_EQ(result->state(), v1::EXPERIMENT_STATE_VALID);
  EXPECT_EQ(result->split_hash(), plan_.split_hash());
  EXPECT_THAT(result->warnings(),
              testing::ElementsAre(HasSubstr("fewer than 10 items"), "mind the gap"));
  ASSERT_EQ(result->arms_size(), 1);
  const v1::ArmResult& arm = result->arms(0);
  EXPECT_EQ(arm.folds_done(), 2);
  EXPECT_DOUBLE_EQ(MeanOf(arm, v1::METRIC_MAE), 1.5);
  EXPECT_DOUBLE_EQ(MaeOf(arm.sd()), std::sqrt(0.5));  // ddof 1
  EXPECT_DOUBLE_EQ(MeanOf(arm, v1::METRIC_PEARSON), 1);
  const v1::FoldResult& fold = arm.folds(1);
  EXPECT_EQ(fold.fold(), 1);
  EXPECT_EQ(fold.n(), 3);
  EXPECT_DOUBLE_EQ(MaeOf(fold.metrics()), 2);
  EXPECT_EQ(fold.predictions(), "predictions/T1w/r0-f1.tsv");
  EXPECT_EQ(fold.checkpoint(), "checkpoints/T1w/r0-f1");
  EXPECT_EQ(fold.predictions_sha256(), Sha256Of(*Format(Predictions(1, 2))));
  EXPECT_EQ(fold.weights_sha256(), Finished(0, kTrialB).artifacts(0).sha256());
  EXPECT_EQ(fold.checkpoint_sha256(), Finished(0, kTrialB).artifacts(1).sha256());
  EXPECT_EQ(fold.selected_epoch(), 2);
  EXPECT_EQ(fold.attempt(), 1);
  EXPECT_FALSE(fold.has_reason());
  EXPECT_EQ(fold.seen_digest(), Finished(0, kTrialB).seen_digest());
  EXPECT_EQ(fold.served_set_digest(), Finished(0, kTrialB).served_set_digest());
  ASSERT_EQ(fold.epochs_size(), 1);
  EXPECT_EQ(fold.epochs(0).epoch(), 10);
}

// Six training items in the two folds.
TEST_F(MakeResultTest, VisitsAreToldUpTo200000) {
  plan_.mutable_arms(0)->mutable_train()->set_epochs(33'333);
  Do(AdoptPlan{plan_});
  Train(kTrialA, *Format(Predictions(0, 1)));
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->arms(0).folds(0).epochs_size(), 1);
}

TEST_F(MakeResultTest, MoreVisitsAreLeftOut) {
  plan_.mutable_arms(0)->mutable_train()->set_epochs(33'334);
  Do(AdoptPlan{plan_});
  Train(kTrialA, *Format(Predictions(0, 1)));
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  const v1::FoldResult& fold = result->arms(0).folds(0);
  EXPECT_EQ(fold.epochs_size(), 0);
  EXPECT_EQ(fold.seen_digest(), Finished(0, kTrialA).seen_digest());
}

TEST_F(MakeResultTest, AFoldOfOneAnswerIsWarnedOf) {
  Do(AdoptPlan{plan_});
  std::vector<v1::Prediction> constant = Predictions(0, 1);
  for (v1::Prediction& p : constant) p.set_prediction(7);
  Train(kTrialA, *Format(constant));
  Train(kTrialB, *Format(Predictions(1, 2)));
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->warnings(),
              testing::ElementsAre(HasSubstr("fewer than 10 items"),
                                   HasSubstr("arm T1w: repeat 0 fold 0: all 3 test predictions")));
}

TEST_F(MakeResultTest, TheBaselinePredictsTheMeanOfTheTrainingTargets) {
  Do(AdoptPlan{plan_});
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  for (int f = 0; f < 2; ++f) {
    double mean = 0;
    for (const uint32_t index : plan_.folds(f).train()) mean += index / 3.0;
    double error = 0;
    for (const uint32_t index : plan_.folds(f).test()) error += std::abs(index - mean) / 3;
    EXPECT_NEAR(MaeOf(result->arms(0).folds(f).baseline()), error, 1e-12);
  }
}

TEST_F(MakeResultTest, AFailedFoldIsAHoleWithItsReason) {
  Do(AdoptPlan{plan_});
  Train(kTrialA, *Format(Predictions(0, 1)));
  Do(StartAttempt{kTrialB, Gang(1), "cpu"});
  Do(FailAttempt{kTrialB, 1, MakeReason(v1::REASON_CODE_TRAINER_FAILED, "not finite")});
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->state(), v1::EXPERIMENT_STATE_INCOMPLETE);
  const v1::ArmResult& arm = result->arms(0);
  EXPECT_EQ(arm.folds_done(), 1);
  EXPECT_DOUBLE_EQ(MeanOf(arm, v1::METRIC_MAE), 1);
  EXPECT_FALSE(ValueOf(arm.sd(), v1::METRIC_MAE).has_value());
  EXPECT_DOUBLE_EQ(MaeOf(arm.baseline_mean()), MaeOf(arm.folds(0).baseline()));
  EXPECT_EQ(arm.folds(1).state(), v1::TRIAL_STATE_FAILED);
  EXPECT_EQ(arm.folds(1).reason().message(), "not finite");
  EXPECT_FALSE(arm.folds(1).has_metrics());
  EXPECT_TRUE(arm.folds(1).has_baseline());
  EXPECT_EQ(arm.folds(1).weights_sha256(), "");
}

TEST_F(MakeResultTest, OnlyTheMetricsAskedForAreThere) {
  plan_.mutable_spec()->mutable_evaluate()->clear_metrics();
  plan_.mutable_spec()->mutable_evaluate()->add_metrics(v1::METRIC_RMSE);
  Do(AdoptPlan{plan_});
  Train(kTrialA, *Format(Predictions(0, 1)));
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_NE(FindMetric(result->arms(0).mean(), v1::METRIC_RMSE), nullptr);
  EXPECT_EQ(FindMetric(result->arms(0).mean(), v1::METRIC_MAE), nullptr);
  EXPECT_NE(FindMetric(result->arms(0).baseline_mean(), v1::METRIC_MAE), nullptr);
}

TEST_F(MakeResultTest, PredictionsOfOtherItemsAreRefused) {
  Do(AdoptPlan{plan_});
  std::vector<v1::Prediction> predictions = Predictions(0, 1);
  const auto refusal = [&](const std::vector<v1::Prediction>& stored) {
    ExperimentMachine fresh = machine_;
    std::swap(fresh, machine_);
    Train(kTrialA, *Format(stored));
    const absl::Status status = MakeResult(machine_, sources_).status();
    std::swap(fresh, machine_);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr(kTrialA));
    return std::string(status.message());
  };
  std::vector<v1::Prediction> changed = predictions;
  changed.pop_back();
  EXPECT_THAT(refusal(changed), HasSubstr("not of the fold's test items"));
  EXPECT_THAT(refusal(Predictions(1, 1)), HasSubstr("not of the fold's test items"));
  changed = predictions;
  changed[0].set_target(changed[0].target() + 1);
  EXPECT_THAT(refusal(changed), HasSubstr("not of the fold's test items"));
}

TEST_F(MakeResultTest, StoredPredictionsThatAreDamagedAreRefused) {
  Do(AdoptPlan{plan_});
  Train(kTrialA, *Format(Predictions(0, 1)));
  std::string& stored = vault_.begin()->second;
  stored.back() = ' ';
  EXPECT_EQ(MakeResult(machine_, sources_).status().code(), absl::StatusCode::kDataLoss);
  stored = *Format(Predictions(0, 0));  // Whole, and too good to be true.
  EXPECT_EQ(MakeResult(machine_, sources_).status().code(), absl::StatusCode::kDataLoss);
  vault_.clear();
  EXPECT_EQ(MakeResult(machine_, sources_).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(MakeResultTest, IsThereBeforeTheEndButNotBeforeThePlan) {
  EXPECT_EQ(MakeResult(machine_, sources_).status().code(), absl::StatusCode::kFailedPrecondition);
  Do(AdoptPlan{plan_});
  const auto running = ResultOf();
  ASSERT_TRUE(running.ok()) << running.status();
  EXPECT_EQ(running->state(), v1::EXPERIMENT_STATE_RUNNING);
  EXPECT_EQ(running->arms(0).folds(0).state(), v1::TRIAL_STATE_PENDING);
  EXPECT_TRUE(running->arms(0).mean().values().empty());
}

TEST_F(MakeResultTest, OfAnInvalidExperimentIsItsReasons) {
  Do(Reject{{MakeReason(v1::REASON_CODE_BAD_DATA, "duplicates")}});
  const auto result = ResultOf();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->state(), v1::EXPERIMENT_STATE_INVALID);
  EXPECT_EQ(result->reasons(0).message(), "duplicates");
  EXPECT_EQ(result->arms_size(), 0);
}

}  // namespace
}  // namespace gyrus

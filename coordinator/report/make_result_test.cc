#include "coordinator/report/make_result.h"

#include <cmath>
#include <map>

#include "common/digest.h"
#include "coordinator/lifecycle/lifecycle_fixture.h"
#include "core/evaluate/predictions.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

// Two folds over samples whose ages are 0 to 5; fold 0 was wrong by 1, fold 1
// by 2, everywhere.
class MakeResultTest : public testing::Test {
 protected:
  MakeResultTest() : plan_(TwoTrials()) {
    sources_.predictions = [this](const std::string& sha256) -> absl::StatusOr<std::string> {
      const auto found = vault_.find(sha256);
      if (found == vault_.end()) return absl::NotFoundError("no such object");
      return found->second;
    };
    sources_.visits = [](const std::string&, uint32_t attempt, uint32_t rank) {
      std::vector<v1::EpochVisits> epochs(1);
      epochs[0].set_epoch(attempt * 10 + rank);
      return epochs;
    };
    Do(Submit{"request", plan_.spec()});
  }

  void Do(const Command& command) {
    const auto events = machine_.Decide(command);
    ASSERT_TRUE(events.ok()) << events.status();
    for (const v1::Event& event : *events) ASSERT_TRUE(machine_.Apply(event).ok());
  }

  std::vector<v1::Prediction> Predictions(int fold, double error) const {
    std::vector<v1::Prediction> predictions;
    for (const uint32_t index : plan_.folds(fold).test()) {
      v1::Prediction& p = predictions.emplace_back();
      p.set_item(plan_.samples(index).id());
      p.set_target(index);
      p.set_prediction(index + error);
    }
    return predictions;
  }

  absl::StatusOr<std::string> Format(std::vector<v1::Prediction> predictions) const {
    return FormatPredictions(plan_.arms(0).task(), std::move(predictions));
  }

  void Train(const std::string& trial, const std::string& predictions) {
    v1::TrainerFinished finished = Finished(0, trial);
    const std::string sha256 = Sha256Of(predictions);
    finished.mutable_artifacts(2)->set_sha256(sha256);
    vault_[sha256] = predictions;
    Do(StartAttempt{trial, Gang(2), "cpu"});
    Do(FinishRank{trial, 1, 0, finished});
    Do(FinishRank{trial, 1, 1, Finished(1)});
  }

  v1::Plan plan_;
  ExperimentMachine machine_{"ab12cd34"};
  std::map<std::string, std::string> vault_;
  ResultSources sources_;
};

TEST_F(MakeResultTest, IsComputedFromTheStoredPredictions) {
  plan_.add_warnings("mind the gap");
  Do(AdoptPlan{plan_});
  Train(kTrialA, *Format(Predictions(0, 1)));
  Train(kTrialB, *Format(Predictions(1, 2)));
  const auto result = MakeResult(machine_, sources_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->experiment(), "ages");
  EXPECT_EQ(result->id(), "ab12cd34");
  EXPECT_EQ(result->state(), v1::EXPERIMENT_STATE_VALID);
  EXPECT_EQ(result->split_hash(), plan_.split_hash());
  EXPECT_THAT(result->warnings(), testing::ElementsAre("mind the gap"));
  ASSERT_EQ(result->arms_size(), 1);
  const v1::ArmResult& arm = result->arms(0);
  EXPECT_EQ(arm.folds_done(), 2);
  EXPECT_DOUBLE_EQ(arm.mean().mae(), 1.5);
  EXPECT_DOUBLE_EQ(arm.sd().mae(), std::sqrt(0.5));  // ddof 1
  EXPECT_DOUBLE_EQ(arm.mean().pearson(), 1);
  const v1::FoldResult& fold = arm.folds(1);
  EXPECT_EQ(fold.fold(), 1);
  EXPECT_EQ(fold.n(), 3);
  EXPECT_DOUBLE_EQ(fold.metrics().mae(), 2);
  EXPECT_EQ(fold.predictions(), "predictions/T1w/r0-f1.tsv");
  EXPECT_EQ(fold.checkpoint(), "checkpoints/T1w/r0-f1");
  EXPECT_EQ(fold.predictions_sha256(), Sha256Of(*Format(Predictions(1, 2))));
  EXPECT_EQ(fold.weights_sha256(), Finished(0, kTrialB).artifacts(0).sha256());
  EXPECT_EQ(fold.checkpoint_sha256(), Finished(0, kTrialB).artifacts(1).sha256());
  EXPECT_EQ(fold.selected_epoch(), 2);
  EXPECT_EQ(fold.attempt(), 1);
  EXPECT_FALSE(fold.has_reason());
  ASSERT_EQ(fold.ranks_size(), 2);
  EXPECT_EQ(fold.ranks(1).visit_digest(), Finished(1).visit_digest());
  EXPECT_EQ(fold.ranks(1).epochs(0).epoch(), 11);
}

TEST_F(MakeResultTest, TheBaselinePredictsTheMeanOfTheTrainingTargets) {
  Do(AdoptPlan{plan_});
  const auto result = MakeResult(machine_, sources_);
  ASSERT_TRUE(result.ok()) << result.status();
  for (int f = 0; f < 2; ++f) {
    double mean = 0;
    for (const uint32_t index : plan_.folds(f).train()) mean += index / 3.0;
    double error = 0;
    for (const uint32_t index : plan_.folds(f).test()) error += std::abs(index - mean) / 3;
    EXPECT_NEAR(result->arms(0).folds(f).baseline().mae(), error, 1e-12);
  }
}

TEST_F(MakeResultTest, AFailedFoldIsAHoleWithItsReason) {
  Do(AdoptPlan{plan_});
  Train(kTrialA, *Format(Predictions(0, 1)));
  Do(StartAttempt{kTrialB, Gang(1), "cpu"});
  Do(FailAttempt{kTrialB, 1, MakeReason(v1::REASON_CODE_TRAINER_FAILED, "not finite")});
  const auto result = MakeResult(machine_, sources_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->state(), v1::EXPERIMENT_STATE_INCOMPLETE);
  const v1::ArmResult& arm = result->arms(0);
  EXPECT_EQ(arm.folds_done(), 1);
  EXPECT_DOUBLE_EQ(arm.mean().mae(), 1);
  EXPECT_FALSE(arm.sd().has_mae());
  EXPECT_DOUBLE_EQ(arm.baseline_mean().mae(), arm.folds(0).baseline().mae());
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
  const auto result = MakeResult(machine_, sources_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->arms(0).mean().has_rmse());
  EXPECT_FALSE(result->arms(0).mean().has_mae());
  EXPECT_TRUE(result->arms(0).baseline_mean().has_mae());
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
  const auto running = MakeResult(machine_, sources_);
  ASSERT_TRUE(running.ok()) << running.status();
  EXPECT_EQ(running->state(), v1::EXPERIMENT_STATE_RUNNING);
  EXPECT_EQ(running->arms(0).folds(0).state(), v1::TRIAL_STATE_PENDING);
  EXPECT_FALSE(running->arms(0).mean().has_mae());
}

TEST_F(MakeResultTest, OfAnInvalidExperimentIsItsReasons) {
  Do(Reject{{MakeReason(v1::REASON_CODE_BAD_DATA, "twins")}});
  const auto result = MakeResult(machine_, sources_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->state(), v1::EXPERIMENT_STATE_INVALID);
  EXPECT_EQ(result->reasons(0).message(), "twins");
  EXPECT_EQ(result->arms_size(), 0);
}

}  // namespace
}  // namespace gyrus

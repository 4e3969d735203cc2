#include "coordinator/report/make_result.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/status.h"
#include "coordinator/plan/targets.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/predictions.h"

namespace gyrus {
namespace {

std::string NameInRunFolder(const PlannedTrial& trial) {
  // Earlier stages, which test nothing, have folders of their own.
  const std::string stage = trial.fold->test().empty() ? absl::StrCat(trial.stage, "/") : "";
  return absl::StrCat(stage, trial.arm->name(), "/r", trial.fold->repeat(), "-f",
                      trial.fold->fold());
}

// The metrics of `evaluate.metrics`.
v1::Metrics Asked(const v1::Plan& plan, v1::Metrics metrics) {
  const auto& asked = plan.spec().evaluate().metrics();
  for (const v1::Metric metric : kMetrics) {
    if (std::find(asked.begin(), asked.end(), metric) == asked.end()) {
      SetValue(metrics, metric, std::nullopt);
    }
  }
  return metrics;
}

// The unit of all arms; empty where they differ.
std::string CommonUnit(const v1::Plan& plan) {
  std::string unit = plan.arms(0).task().regression().unit();
  for (const v1::ArmPlan& arm : plan.arms()) {
    if (arm.task().regression().unit() != unit) return "";
  }
  return unit;
}

// A prediction for each test item of the fold and for no other.
absl::Status CheckItems(const v1::Plan& plan, const PlannedTrial& trial,
                        const std::vector<v1::Prediction>& predictions) {
  const auto& test = trial.fold->test();  // By id, as predictions are.
  const std::vector<std::optional<double>> targets = TargetsOf(plan, *trial.arm, test);
  bool same = predictions.size() == targets.size();
  for (size_t i = 0; same && i < targets.size(); ++i) {
    same = predictions[i].item() == plan.samples(test[static_cast<int>(i)]).id() &&
           predictions[i].has_target() == targets[i].has_value() &&
           predictions[i].target() == targets[i].value_or(0);
  }
  if (same) return absl::OkStatus();
  return absl::DataLossError("the stored predictions are not of the fold's test items");
}

absl::StatusOr<v1::Metrics> EvaluateFold(const v1::Plan& plan, const PlannedTrial& trial,
                                         const std::string& sha256, const ResultSources& sources) {
  GYRUS_ASSIGN_OR_RETURN(const std::string text, sources.predictions(sha256));
  if (Sha256Of(text) != sha256) {
    return absl::DataLossError("the stored predictions do not have their digest");
  }
  GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::Prediction> predictions,
                         ParsePredictions(trial.arm->task(), text, "the stored predictions"));
  GYRUS_RETURN_IF_ERROR(CheckItems(plan, trial, predictions));
  return ComputeMetrics(predictions);
}

std::string DigestOf(const v1::TrainerFinished& finished, v1::ArtifactKind kind) {
  const v1::Artifact* artifact = FindArtifact(finished, kind);
  return artifact == nullptr ? "" : artifact->sha256();
}

absl::Status AddRanks(const TrialStatus& status, const ResultSources& sources,
                      v1::FoldResult& fold) {
  for (uint32_t r = 0; r < status.finished.size(); ++r) {
    v1::RankResult& rank = *fold.add_ranks();
    rank.set_rank(r);
    rank.set_visit_digest(status.finished[r]->visit_digest());
    rank.set_served_set_digest(status.finished[r]->served_set_digest());
    if (!sources.visits) continue;
    GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::EpochVisits> epochs,
                           sources.visits(status.id, status.attempt, r));
    rank.mutable_epochs()->Assign(epochs.begin(), epochs.end());
  }
  return absl::OkStatus();
}

// What only a trial that is done has.
absl::Status AddOutcome(const v1::Plan& plan, const PlannedTrial& trial, const TrialStatus& status,
                        const ResultSources& sources, v1::FoldResult& fold) {
  const v1::TrainerFinished& finished = *status.finished.front();
  fold.set_weights_sha256(DigestOf(finished, v1::ARTIFACT_KIND_WEIGHTS));
  fold.set_checkpoint_sha256(DigestOf(finished, v1::ARTIFACT_KIND_CHECKPOINT));
  fold.set_predictions_sha256(DigestOf(finished, v1::ARTIFACT_KIND_PREDICTIONS));
  fold.set_selected_epoch(finished.selected_epoch());
  GYRUS_ASSIGN_OR_RETURN(v1::Metrics metrics,
                         EvaluateFold(plan, trial, fold.predictions_sha256(), sources));
  *fold.mutable_metrics() = Asked(plan, std::move(metrics));
  return AddRanks(status, sources, fold);
}

absl::StatusOr<v1::FoldResult> MakeFold(const v1::Plan& plan, const PlannedTrial& trial,
                                        const TrialStatus& status, const ResultSources& sources) {
  v1::FoldResult fold;
  fold.set_repeat(trial.fold->repeat());
  fold.set_fold(trial.fold->fold());
  fold.set_state(status.state);
  fold.set_attempt(status.attempt);
  fold.set_n(static_cast<uint32_t>(trial.fold->test_size()));
  if (status.reason.code() != v1::REASON_CODE_UNSPECIFIED) *fold.mutable_reason() = status.reason;
  GYRUS_ASSIGN_OR_RETURN(*fold.mutable_baseline(),
                         BaselineMetrics(KnownTargetsOf(plan, *trial.arm, trial.fold->train()),
                                         KnownTargetsOf(plan, *trial.arm, trial.fold->test())));
  if (status.state == v1::TRIAL_STATE_DONE) {
    GYRUS_RETURN_IF_ERROR(Annotate(AddOutcome(plan, trial, status, sources, fold),
                                   absl::StrCat("evaluating trial ", status.id)));
  }
  return fold;
}

std::string Prefix(const ExperimentMachine& machine) {
  return machine.folder().empty() ? "" : absl::StrCat(machine.folder(), "/");
}

void Summarise(uint32_t sd_ddof, v1::ArmResult& arm) {
  std::vector<v1::Metrics> metrics;
  std::vector<v1::Metrics> baselines;
  for (const v1::FoldResult& fold : arm.folds()) {
    if (fold.state() != v1::TRIAL_STATE_DONE) continue;
    metrics.push_back(fold.metrics());
    baselines.push_back(fold.baseline());
  }
  *arm.mutable_mean() = MeanOver(metrics);
  *arm.mutable_sd() = StandardDeviationOver(metrics, sd_ddof);
  *arm.mutable_baseline_mean() = MeanOver(baselines);
  arm.set_folds_done(static_cast<uint32_t>(metrics.size()));
}

}  // namespace

std::string PredictionsFileOf(const ExperimentMachine& machine, const PlannedTrial& trial) {
  return absl::StrCat(Prefix(machine), "predictions/", NameInRunFolder(trial), ".tsv");
}

std::string CheckpointFolderOf(const ExperimentMachine& machine, const PlannedTrial& trial) {
  return absl::StrCat(Prefix(machine), "checkpoints/", NameInRunFolder(trial));
}

absl::StatusOr<v1::Result> MakeResult(const ExperimentMachine& machine,
                                      const ResultSources& sources) {
  if (machine.plan() == nullptr && !machine.over()) {
    return absl::FailedPreconditionError(
        absl::StrCat("experiment ", machine.id(), " is not planned yet"));
  }
  v1::Result result;
  result.set_experiment(machine.spec().name());
  result.set_id(machine.id());
  result.set_state(machine.state());
  result.set_sd_ddof(machine.spec().evaluate().sd_ddof());
  *result.mutable_metrics() = machine.spec().evaluate().metrics();
  result.mutable_reasons()->Assign(machine.reasons().begin(), machine.reasons().end());
  if (machine.plan() == nullptr) return result;
  const v1::Plan& plan = *machine.plan();
  result.set_split_hash(plan.split_hash());
  result.set_unit(CommonUnit(plan));
  *result.mutable_warnings() = plan.warnings();
  const std::vector<PlannedTrial> trials = TrialsOf(plan);
  for (const v1::ArmPlan& arm : plan.arms()) {
    v1::ArmResult& arm_result = *result.add_arms();
    arm_result.set_name(arm.name());
    for (size_t i = 0; i < trials.size(); ++i) {
      if (trials[i].arm != &arm) continue;
      v1::FoldResult& fold = *arm_result.add_folds();
      GYRUS_ASSIGN_OR_RETURN(fold, MakeFold(plan, trials[i], machine.trials()[i], sources));
      if (fold.state() != v1::TRIAL_STATE_DONE) continue;
      fold.set_predictions(PredictionsFileOf(machine, trials[i]));
      fold.set_checkpoint(CheckpointFolderOf(machine, trials[i]));
    }
    Summarise(result.sd_ddof(), arm_result);
  }
  return result;
}

}  // namespace gyrus

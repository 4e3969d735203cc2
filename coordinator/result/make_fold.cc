#include "coordinator/result/make_fold.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/result/stored_predictions.h"
#include "core/evaluate/baseline.h"
#include "core/evaluate/metrics.h"
#include "core/spec/metric.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

// Arms may be compared by a metric that the table does not show, so it is computed too.
std::vector<v1::Metric> WithCompared(const v1::Evaluate& evaluate) {
  std::vector<v1::Metric> metrics = MetricsOf(evaluate);
  const v1::Metric compared = evaluate.compare().metric();
  const bool asked = std::count(metrics.begin(), metrics.end(), compared) > 0;
  if (evaluate.has_compare() && !asked) metrics.push_back(compared);
  return metrics;
}

v1::Metrics Only(const std::vector<v1::Metric>& asked, const v1::Metrics& metrics) {
  v1::Metrics result;
  for (const v1::Metric metric : asked) {
    if (const v1::MetricValue* const value = FindMetric(metrics, metric)) {
      *result.add_values() = *value;
    }
  }
  return result;
}

bool CorrectsGaps(const v1::TrialSpec& trial, const v1::Evaluate& evaluate) {
  return HasNumber(trial.task()) && evaluate.bias_correction() != v1::BIAS_METHOD_UNSPECIFIED &&
         evaluate.bias_correction() != v1::BIAS_METHOD_NONE;
}

std::string DigestOf(const v1::TrainerFinished& finished, v1::ArtifactKind kind) {
  const v1::Artifact* artifact = FindArtifact(finished, kind);
  return artifact == nullptr ? "" : artifact->sha256();
}

// Each epoch was finished by some attempt; where several did, they saw the same.
absl::Status AddItemsSeen(const TrialStatus& status, const ResultSources& sources,
                          v1::FoldResult& fold) {
  const v1::TrainerFinished& finished = *status.finished.front();
  fold.set_seen_digest(finished.seen_digest());
  fold.set_served_set_digest(finished.served_set_digest());
  if (!sources.items_seen) return absl::OkStatus();
  std::map<uint32_t, v1::EpochItemsSeen> by_epoch;
  for (uint32_t attempt = 1; attempt <= status.attempt; ++attempt) {
    GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::EpochItemsSeen> epochs,
                           sources.items_seen(status.id, attempt));
    for (const v1::EpochItemsSeen& epoch : epochs) by_epoch[epoch.epoch()] = epoch;
  }
  for (auto& [number, epoch] : by_epoch) *fold.add_epochs() = std::move(epoch);
  return absl::OkStatus();
}

absl::Status AddExternal(const v1::TrialSpec& trial, const v1::TrainerFinished& finished,
                         const v1::Evaluate& evaluate, const ResultSources& sources,
                         MadeFold& fold) {
  if (trial.external_items().empty()) return absl::OkStatus();
  v1::FoldResult& result = fold.result;
  result.set_external_predictions_sha256(
      DigestOf(finished, v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS));
  GYRUS_ASSIGN_OR_RETURN(fold.external,
                         ExternalPredictions(trial, result.external_predictions_sha256(), sources));
  GYRUS_ASSIGN_OR_RETURN(*result.mutable_external_metrics(),
                         ComputeMetrics(trial.task(), MetricsOf(evaluate), fold.external));
  return absl::OkStatus();
}

// Adds the parts of a result that only a finished trial has.
absl::Status AddOutcome(const v1::TrialSpec& trial, const TrialStatus& status,
                        const v1::Evaluate& evaluate, const ResultSources& sources,
                        MadeFold& fold) {
  v1::FoldResult& result = fold.result;
  const v1::TrainerFinished& finished = *status.finished.front();
  result.set_weights_sha256(DigestOf(finished, v1::ARTIFACT_KIND_WEIGHTS));
  result.set_checkpoint_sha256(DigestOf(finished, v1::ARTIFACT_KIND_CHECKPOINT));
  result.set_predictions_sha256(DigestOf(finished, v1::ARTIFACT_KIND_PREDICTIONS));
  result.set_selected_epoch(finished.selected_epoch());
  GYRUS_ASSIGN_OR_RETURN(fold.predictions,
                         TestPredictions(trial, result.predictions_sha256(), sources));
  GYRUS_ASSIGN_OR_RETURN(fold.metrics,
                         ComputeMetrics(trial.task(), WithCompared(evaluate), fold.predictions));
  *result.mutable_metrics() = Only(MetricsOf(evaluate), fold.metrics);
  GYRUS_RETURN_IF_ERROR(AddExternal(trial, finished, evaluate, sources, fold));
  if (CorrectsGaps(trial, evaluate)) {
    GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::Prediction> validation,
                           ValidationPredictions(trial, result.checkpoint_sha256(), sources));
    GYRUS_ASSIGN_OR_RETURN(fold.corrected,
                           CorrectFold(evaluate.bias_correction(), validation, fold.predictions));
  }
  return AddItemsSeen(status, sources, result);
}

uint32_t UntargetedTestItems(const v1::TrialSpec& trial) {
  uint32_t count = 0;
  for (const v1::Item& item : trial.test_items()) count += !item.has_target();
  return HasScalar(trial.task()) ? count : 0;
}

}  // namespace

absl::StatusOr<MadeFold> MakeFold(const v1::TrialSpec& trial, const TrialStatus& status,
                                  const v1::Evaluate& evaluate, const ResultSources& sources) {
  MadeFold fold;
  v1::FoldResult& result = fold.result;
  result.set_repeat(trial.repeat());
  result.set_fold(trial.fold());
  result.set_state(status.state);
  result.set_attempt(status.attempt);
  result.set_n(static_cast<uint32_t>(trial.test_items_size()));
  result.set_without_target(UntargetedTestItems(trial));
  if (status.reason.code() != v1::REASON_CODE_UNSPECIFIED) {
    *result.mutable_reason() = status.reason;
  }
  GYRUS_ASSIGN_OR_RETURN(*result.mutable_baseline(),
                         BaselineOf(trial.task(), trial.train_items(), trial.test_items()));
  const Defined<double> baseline = BaselinePrediction(trial.task(), trial.train_items());
  GYRUS_RETURN_IF_ERROR(baseline.status().error());
  if (baseline.ok()) fold.baseline = *baseline;
  if (status.state == v1::TRIAL_STATE_DONE) {
    GYRUS_RETURN_IF_ERROR(Annotate(AddOutcome(trial, status, evaluate, sources, fold),
                                   absl::StrCat("evaluating trial ", status.id)));
  }
  return fold;
}

}  // namespace gyrus

#include "coordinator/result/make_result.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/plan/planned_trials.h"
#include "coordinator/result/evaluate_arms.h"
#include "coordinator/result/external_result.h"
#include "coordinator/result/make_fold.h"
#include "coordinator/result/run_folder_names.h"
#include "core/epoch/views.h"
#include "core/evaluate/constant_predictions.h"
#include "core/evaluate/ensemble.h"
#include "core/evaluate/gap_correction.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/pooled.h"
#include "core/evaluate/predictions.h"
#include "core/report/gap_files.h"
#include "core/report/samples_text.h"
#include "core/spec/fold_name.h"
#include "core/spec/metric.h"
#include "core/spec/task.h"
#include "core/spec/train_views.h"

namespace gyrus {
namespace {

// More are too many to read; their digests are there all the same.
constexpr uint64_t kMaxItemsSeenInResult = 200'000;

// The unit of all arms; empty where they differ.
std::string CommonUnit(const v1::Plan& plan) {
  const std::string& unit = UnitOf(plan.arms(0).task());
  for (const v1::ArmPlan& arm : plan.arms()) {
    if (UnitOf(arm.task()) != unit) return "";
  }
  return unit;
}

// Means and SDs are over finished folds only. The number of these folds stands beside them,
// so that a mean with a hole is recognised.
absl::Status Summarise(uint32_t sd_ddof, v1::ArmResult& arm) {
  std::vector<v1::Metrics> metrics;
  std::vector<v1::Metrics> baselines;
  for (const v1::FoldResult& fold : arm.folds()) {
    if (fold.state() != v1::TRIAL_STATE_DONE) continue;
    metrics.push_back(fold.metrics());
    baselines.push_back(fold.baseline());
  }
  GYRUS_ASSIGN_OR_RETURN(OverFolds over, SummariseFolds(metrics, sd_ddof));
  GYRUS_ASSIGN_OR_RETURN(OverFolds baseline, SummariseFolds(baselines, sd_ddof));
  *arm.mutable_mean() = std::move(over.mean);
  *arm.mutable_sd() = std::move(over.sd);
  *arm.mutable_baseline_mean() = std::move(baseline.mean);
  arm.set_folds_done(static_cast<uint32_t>(metrics.size()));
  return absl::OkStatus();
}

// An arm in the making.
struct ArmParts {
  v1::ArmResult& result;
  std::vector<ReadableFile>& files;
  TestedArm tested;
  std::vector<CorrectedFold> corrected;
  TestedArm external;  // The same networks on the external items.
};

void AddFiles(const ExperimentMachine& machine, const PlannedTrial& trial, const std::string& unit,
              CorrectedFold& corrected, std::vector<ReadableFile>& files) {
  v1::BiasFold& fold = corrected.fold;
  fold.set_repeat(trial.fold->repeat());
  fold.set_fold(trial.fold->fold());
  if (!fold.has_slope()) return;
  fold.set_correction_file(
      absl::StrCat(CheckpointFolderOf(machine, trial), "/bias_correction.json"));
  fold.set_gaps_file(CorrectedGapsFileOf(machine, trial));
  const v1::BiasMethod method = machine.plan()->spec().evaluate().bias_correction();
  files.push_back({fold.correction_file(), BiasCorrectionJson(method, fold, unit)});
  files.push_back({fold.gaps_file(), FormatGaps(corrected.gaps)});
}

// A trial of the plan, with what became of it.
absl::Status AddTrial(const ExperimentMachine& machine, const PlannedTrial& planned,
                      const TrialStatus& status, const ResultSources& sources, ArmParts& arm) {
  const v1::Plan& plan = *machine.plan();
  GYRUS_ASSIGN_OR_RETURN(const v1::TrialSpec trial, MakeTrialSpec(planned, machine.id()));
  GYRUS_ASSIGN_OR_RETURN(MadeFold fold, MakeFold(trial, status, plan.spec().evaluate(), sources));
  v1::FoldResult& added = *arm.result.add_folds() = std::move(fold.result);
  for (std::string& group : TestedGroups(plan, *planned.fold)) {
    added.add_tested_groups(std::move(group));
  }
  if (!status.last_finite.empty()) added.set_checkpoint(FailedFolderOf(machine, planned));
  if (added.state() != v1::TRIAL_STATE_DONE) return absl::OkStatus();
  added.set_predictions(PredictionsFileOf(machine, planned));
  added.set_checkpoint(CheckpointFolderOf(machine, planned));
  arm.tested.folds.push_back({added.repeat(), added.fold(), std::move(fold.predictions),
                              std::move(fold.metrics), fold.baseline});
  if (!plan.external().empty()) {
    added.set_external_predictions(ExternalFileOf(machine, planned));
    arm.external.folds.push_back(
        {added.repeat(), added.fold(), std::move(fold.external), added.external_metrics()});
  }
  if (!fold.corrected.has_value()) return absl::OkStatus();
  AddFiles(machine, planned, UnitOf(trial.task()), *fold.corrected, arm.files);
  arm.corrected.push_back(*std::move(fold.corrected));
  return absl::OkStatus();
}

absl::Status AddExternal(const ExperimentMachine& machine, const ArmParts& arm) {
  GYRUS_ASSIGN_OR_RETURN(MadeExternal external, MakeExternal(*machine.plan(), arm.external));
  v1::ExternalResult& result = *arm.result.mutable_external() = std::move(external.result);
  if (external.ensemble.empty()) return absl::OkStatus();
  result.set_predictions(EnsembleFileOf(machine, arm.result.name()));
  GYRUS_ASSIGN_OR_RETURN(std::string text, FormatPredictions(EnsembleTask(arm.external.task),
                                                             std::move(external.ensemble)));
  arm.files.push_back({result.predictions(), std::move(text)});
  return absl::OkStatus();
}

// Returns the number of items seen over all trainings that list theirs.
uint64_t ItemsSeenOf(const v1::Plan& plan, const PlannedTrials& trials) {
  uint64_t items_seen = 0;
  for (const PlannedTrial& trial : trials) {
    if (trial.plan != &plan) continue;
    const uint32_t items = ItemCount(trial.fold->train_size(), TrainViews(*trial.arm));
    if (RecordsItemsSeen(items)) items_seen += uint64_t{trial.arm->train().epochs()} * items;
  }
  return items_seen;
}

absl::Status AddArms(const ExperimentMachine& machine, ResultSources sources, MadeResult& made) {
  const v1::Plan& plan = *machine.plan();
  const PlannedTrials& trials = *machine.planned();
  if (ItemsSeenOf(plan, trials) > kMaxItemsSeenInResult) sources.items_seen = nullptr;
  std::vector<TestedArm> tested, external;
  for (const v1::ArmPlan& arm : plan.arms()) {
    v1::ArmResult& result = *made.result.add_arms();
    result.set_name(arm.name());
    ArmParts parts{.result = result,
                   .files = made.files,
                   .tested = {.name = arm.name(), .task = arm.task()},
                   .external = {.name = arm.name(), .task = arm.task()}};
    for (size_t i = 0; i < trials.size(); ++i) {
      if (trials[i].arm != &arm) continue;
      GYRUS_RETURN_IF_ERROR(AddTrial(machine, trials[i], machine.trials()[i], sources, parts));
    }
    GYRUS_RETURN_IF_ERROR(Summarise(made.result.sd_ddof(), result));
    if (!parts.tested.folds.empty()) {
      GYRUS_ASSIGN_OR_RETURN(*result.mutable_pooled(),
                             PoolArm(parts.tested, MetricsOf(plan.spec().evaluate())));
    }
    if (!parts.corrected.empty()) {
      GYRUS_ASSIGN_OR_RETURN(
          *result.mutable_bias(),
          SummariseGaps(plan.spec().evaluate().bias_correction(), parts.corrected));
    }
    if (!plan.external().empty()) GYRUS_RETURN_IF_ERROR(AddExternal(machine, parts));
    for (std::string& warning : ConstantPredictionWarnings(parts.tested)) {
      made.result.add_warnings(std::move(warning));
    }
    tested.push_back(std::move(parts.tested));
    external.push_back(std::move(parts.external));
  }
  GYRUS_RETURN_IF_ERROR(EvaluateEnsembles(plan, external, made.result));
  return EvaluateArms(plan, tested, made.result);
}

}  // namespace

absl::StatusOr<MadeResult> MakeResult(const ExperimentMachine& machine,
                                      const ResultSources& sources) {
  if (machine.plan() == nullptr && !machine.IsTerminal()) {
    return absl::FailedPreconditionError(
        absl::StrCat("experiment ", machine.id(), " is not planned yet"));
  }
  MadeResult made;
  v1::Result& result = made.result;
  result.set_experiment(machine.spec().name());
  result.set_id(machine.id());
  result.set_state(machine.state());
  result.set_sd_ddof(machine.spec().evaluate().sd_ddof());
  *result.mutable_metrics() = machine.spec().evaluate().metrics();
  result.mutable_reasons()->Assign(machine.reasons().begin(), machine.reasons().end());
  if (machine.plan() == nullptr) return made;
  const v1::Plan& plan = *machine.plan();
  result.set_split_hash(plan.split_hash());
  result.set_unit(CommonUnit(plan));
  result.set_pool(PoolsItems(plan.spec().evaluate()) ? v1::POOL_ITEMS : v1::POOL_FOLDS);
  const std::string& group = plan.spec().split().kfold().group();
  if (group != "subject" && group != "family") result.set_tested_group(group);
  *result.mutable_warnings() = plan.warnings();
  GYRUS_RETURN_IF_ERROR(AddArms(machine, sources, made));
  return made;
}

}  // namespace gyrus

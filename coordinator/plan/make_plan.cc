#include "coordinator/plan/make_plan.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/plan/arm_plan.h"
#include "coordinator/plan/brain_warnings.h"
#include "coordinator/plan/external.h"
#include "coordinator/plan/fit.h"
#include "coordinator/plan/groups.h"
#include "coordinator/plan/proof.h"
#include "coordinator/plan/sample_warnings.h"
#include "coordinator/plan/samples.h"
#include "coordinator/plan/split.h"
#include "coordinator/plan/stage_plans.h"
#include "coordinator/plan/strata.h"
#include "coordinator/plan/target_warnings.h"
#include "coordinator/plan/targets.h"
#include "coordinator/plan/trials.h"
#include "core/spec/arm.h"
#include "core/spec/check/warnings.h"
#include "core/spec/fold_name.h"
#include "core/spec/stages.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

absl::Status AddArms(const Samples& samples, NetworkCostOfArm network_cost, v1::Plan& plan) {
  for (const v1::Arm& arm : plan.spec().arms()) {
    GYRUS_ASSIGN_OR_RETURN(*plan.add_arms(), PlanArm(plan.spec(), arm, samples, network_cost));
  }
  return absl::OkStatus();
}

// The split is proved free of leaks by code that shares nothing with the code that made it.
absl::Status AddSplit(const Samples& samples, v1::Plan& plan) {
  const v1::Split& split = plan.spec().split();
  GYRUS_ASSIGN_OR_RETURN(const std::vector<Group> groups,
                         GroupSamples(samples, split.kfold().group()));
  GYRUS_ASSIGN_OR_RETURN(const Strata strata,
                         StrataOf(plan.spec(), split.kfold().stratify(), samples, groups));
  GYRUS_ASSIGN_OR_RETURN(std::vector<v1::Fold> folds, SplitGroups(split, groups, strata));
  plan.mutable_folds()->Assign(folds.begin(), folds.end());
  GYRUS_RETURN_IF_ERROR(ProveDisjoint(plan));
  plan.set_split_hash(SplitHash(plan));
  return absl::OkStatus();
}

// Adds a warning for each class of which a fold tests no member.
void AddClassWarnings(const PlannedTrial& trial, v1::Plan& plan) {
  const auto& classes = trial.arm->task().classification().classes();
  const std::vector<double> tested = KnownTargetsOf(plan, *trial.arm, trial.fold->test());
  for (int c = 0; c < classes.size(); ++c) {
    if (std::count(tested.begin(), tested.end(), static_cast<double>(c)) > 0) continue;
    plan.add_warnings(absl::StrCat(
        "arm ", trial.arm->name(), ": ", FoldInWords(trial.fold->repeat(), trial.fold->fold()),
        " tests no item of class ", classes[c], ": what counts those is n/a there"));
  }
}

void AddWarnings(v1::Plan& plan) {
  for (std::string& warning : Warnings(plan.spec())) plan.add_warnings(std::move(warning));
  for (std::string& warning : WarningsOfFewItems(plan)) plan.add_warnings(std::move(warning));
  for (std::string& warning : WarningsOfTargets(plan)) plan.add_warnings(std::move(warning));
  for (std::string& warning : WarningsOfSamples(plan)) plan.add_warnings(std::move(warning));
  for (std::string& warning : BrainWarnings(plan)) plan.add_warnings(std::move(warning));
  std::string names = WarningOfNames(plan);
  if (!names.empty()) plan.add_warnings(std::move(names));
  for (const PlannedTrial& trial : TrialsOf(plan)) {
    if (trial.plan == &plan) AddClassWarnings(trial, plan);
  }
}

// Where each fold tests one item, it has neither a correlation nor a spread: only pooled
// items can be tested. How many items there are is known now.
void FillPool(v1::Plan& plan) {
  v1::Evaluate& evaluate = *plan.mutable_spec()->mutable_evaluate();
  if (evaluate.pool() != v1::POOL_UNSPECIFIED) return;
  const bool leaves_one_out =
      std::all_of(plan.folds().begin(), plan.folds().end(),
                  [](const v1::Fold& fold) { return fold.test_size() <= 1; });
  evaluate.set_pool(leaves_one_out ? v1::POOL_ITEMS : v1::POOL_FOLDS);
}

// The stage that the folds test. `tables`: of all its cohorts.
absl::StatusOr<v1::Plan> PlanTested(const v1::ExperimentSpec& spec,
                                    absl::Span<const v1::SampleTable> tables,
                                    NetworkCostOfArm network_cost) {
  const auto [trained, external] = SplitExternal(spec.evaluate(), tables);
  GYRUS_ASSIGN_OR_RETURN(const Samples samples, MergeTables(spec, trained));
  v1::Plan plan;
  *plan.mutable_spec() = spec;
  GYRUS_RETURN_IF_ERROR(AddArms(samples, network_cost, plan));
  AddSamples(samples, *plan.mutable_samples());
  AddTables(tables, plan);
  GYRUS_RETURN_IF_ERROR(AddExternal(external, plan));
  GYRUS_RETURN_IF_ERROR(AddSplit(samples, plan));
  FillPool(plan);
  return plan;
}

}  // namespace

// Each stage is checked as an experiment of its own, because arms may override the
// configuration of each stage.
absl::Status CheckBeforeAdmission(const v1::ExperimentSpec& spec) {
  for (int stage = 0; stage < StageCount(spec); ++stage) {
    const v1::ExperimentSpec alone = SpecOfStage(spec, stage);
    std::set<std::string> names;
    for (const v1::Arm& arm : alone.arms()) {
      if (!names.insert(arm.name()).second) {
        return absl::InvalidArgumentError(absl::StrCat("arms: '", arm.name(), "' comes twice"));
      }
      GYRUS_RETURN_IF_ERROR(CheckArmOfSpec(alone, arm));
    }
    if (names.empty()) return absl::InvalidArgumentError("arms: there is none");
  }
  return absl::OkStatus();
}

// The split is computed here only to see whether it is possible. MakePlan computes it again
// after the images are known.
absl::Status CheckRows(const v1::ExperimentSpec& spec, absl::Span<const v1::SampleTable> tables) {
  GYRUS_ASSIGN_OR_RETURN(const Samples all, MergeRows(spec, tables));
  GYRUS_RETURN_IF_ERROR(CheckNoLookAlikes(spec, all));
  const v1::ExperimentSpec last = SpecOfStage(spec, StageCount(spec) - 1);
  const auto [trained, external] = SplitExternal(last.evaluate(), TablesOf(last, tables));
  GYRUS_ASSIGN_OR_RETURN(const Samples samples, MergeRows(last, trained));
  for (const v1::Arm& arm : last.arms()) {
    const v1::ArmPlan plan = ResolveArm(last, arm);
    absl::Status status = CheckCovariates(last, plan, samples);
    if (status.ok()) status = CheckTargets(last, samples, plan.task());
    GYRUS_RETURN_IF_ERROR(Annotate(status, absl::StrCat("arm '", arm.name(), "'")));
  }
  GYRUS_RETURN_IF_ERROR(CheckExternalRows(last, external));
  const v1::Split& split = last.split();
  GYRUS_ASSIGN_OR_RETURN(const std::vector<Group> groups,
                         GroupSamples(samples, split.kfold().group()));
  GYRUS_ASSIGN_OR_RETURN(const Strata strata,
                         StrataOf(last, split.kfold().stratify(), samples, groups));
  return SplitGroups(split, groups, strata).status();
}

absl::StatusOr<v1::Plan> MakePlan(const v1::ExperimentSpec& spec,
                                  absl::Span<const v1::SampleTable> tables,
                                  NetworkCostOfArm network_cost) {
  GYRUS_RETURN_IF_ERROR(CheckBeforeAdmission(spec));
  GYRUS_ASSIGN_OR_RETURN(const Samples all, MergeTables(spec, tables));
  GYRUS_RETURN_IF_ERROR(CheckNoDuplicates(spec, all));
  GYRUS_RETURN_IF_ERROR(CheckNoLookAlikes(spec, all));
  const v1::ExperimentSpec last = SpecOfStage(spec, StageCount(spec) - 1);
  GYRUS_ASSIGN_OR_RETURN(v1::Plan plan, PlanTested(last, TablesOf(last, tables), network_cost));
  if (!spec.stages().empty()) plan.set_stage(StageName(spec, StageCount(spec) - 1));
  GYRUS_RETURN_IF_ERROR(AddEarlierStages(spec, tables, network_cost, plan));
  GYRUS_RETURN_IF_ERROR(ProveStagesApart(plan));
  GYRUS_RETURN_IF_ERROR(ProveExternalApart(plan));
  // Every fit is computed once here, so that a fold with constant targets is refused now and
  // not when its training starts.
  for (const PlannedTrial& trial : TrialsOf(plan)) {
    GYRUS_RETURN_IF_ERROR(FitToTraining(trial).status());
  }
  AddWarnings(plan);
  return plan;
}

}  // namespace gyrus

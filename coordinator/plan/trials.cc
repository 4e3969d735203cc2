#include "coordinator/plan/trials.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/status.h"
#include "coordinator/plan/fit.h"
#include "coordinator/plan/targets.h"
#include "core/spec/covariates.h"
#include "core/spec/fold_name.h"
#include "core/spec/target.h"
#include "core/spec/train_views.h"

namespace gyrus {
namespace {

using Items = google::protobuf::RepeatedPtrField<v1::Item>;

void AddItem(const v1::Sample& sample, const v1::ArmPlan& arm, const Fit& fit, Items& items) {
  const auto& columns = CovariateColumns(arm.model());
  v1::Item& item = *items.Add();
  item.set_id(sample.id());
  if (const auto target = TargetOfSample(sample, arm.task())) item.set_target(*target);
  for (int c = 0; c < columns.size(); ++c) {
    item.add_covariates(fit.covariates[c].Apply(sample.numbers().at(columns[c])));
  }
}

void AddItems(const PlannedTrial& trial, const Fit& fit, absl::Span<const uint32_t> samples,
              Items& items) {
  for (const uint32_t index : samples) {
    AddItem(trial.plan->samples(static_cast<int>(index)), *trial.arm, fit, items);
  }
}

void AddFit(const Fit& fit, v1::TrialSpec& spec) {
  spec.set_output_scale(fit.output.scale);
  spec.set_output_offset(fit.output.offset);
  spec.mutable_class_weights()->Assign(fit.class_weights.begin(), fit.class_weights.end());
  SetCovariateScales(fit.covariates, spec);
}

std::string TrialId(const v1::ArmPlan& arm, const std::string& stage, const v1::Fold& fold) {
  return absl::StrCat(arm.name(), "/", stage, "/", FoldName(fold.repeat(), fold.fold()), "/s",
                      arm.train().seed());
}

// The trial that one of `arm` and `fold` goes on from.
std::string ParentOf(const v1::Plan& whole, const v1::ArmPlan& arm, const v1::Fold& fold) {
  for (const v1::StagePlan& stage : whole.earlier()) {
    if (stage.name() != arm.init().stage()) continue;
    const v1::Plan& plan = stage.plan();
    const std::string& name = stage.arms().at(arm.name());
    const auto from = std::find_if(plan.arms().begin(), plan.arms().end(),
                                   [&](const auto& other) { return other.name() == name; });
    const auto before =
        std::find_if(plan.folds().begin(), plan.folds().end(), [&](const v1::Fold& other) {
          return plan.folds_size() == 1 ||
                 (other.repeat() == fold.repeat() && other.fold() == fold.fold());
        });
    return TrialId(*from, stage.name(), *before);
  }
  return "";
}

void AddTrials(const v1::Plan& whole, const v1::Plan& plan, const std::string& stage,
               std::vector<PlannedTrial>& trials) {
  for (const v1::Fold& fold : plan.folds()) {
    for (const v1::ArmPlan& arm : plan.arms()) {
      trials.push_back({.id = TrialId(arm, stage, fold),
                        .plan = &plan,
                        .arm = &arm,
                        .fold = &fold,
                        .stage = stage,
                        .parent = ParentOf(whole, arm, fold)});
    }
  }
}

void AddPermit(v1::Purpose purpose, const Items& items, v1::GrantBody& grant) {
  if (items.empty()) return;
  v1::Permit& permit = *grant.add_permits();
  permit.set_purpose(purpose);
  for (const v1::Item& item : items) permit.add_items(item.id());
}

}  // namespace

std::vector<PlannedTrial> TrialsOf(const v1::Plan& plan) {
  std::vector<PlannedTrial> trials;
  for (const v1::StagePlan& stage : plan.earlier()) {
    AddTrials(plan, stage.plan(), stage.name(), trials);
  }
  AddTrials(plan, plan, plan.stage().empty() ? "train" : plan.stage(), trials);
  return trials;
}

std::vector<std::string> TrialIds(const v1::Plan& plan) {
  std::vector<std::string> ids;
  for (PlannedTrial& trial : TrialsOf(plan)) ids.push_back(std::move(trial.id));
  return ids;
}

absl::StatusOr<PlannedTrial> FindTrial(const v1::Plan& plan, absl::string_view trial_id) {
  for (PlannedTrial& trial : TrialsOf(plan)) {
    if (trial.id == trial_id) return std::move(trial);
  }
  return absl::NotFoundError(absl::StrCat("the plan has no trial '", trial_id, "'"));
}

absl::StatusOr<v1::TrialSpec> MakeTrialSpec(const v1::Plan& plan, absl::string_view experiment_id,
                                            absl::string_view trial_id) {
  GYRUS_ASSIGN_OR_RETURN(const PlannedTrial trial, FindTrial(plan, trial_id));
  GYRUS_ASSIGN_OR_RETURN(const Fit fit, FitToTraining(trial));
  v1::TrialSpec spec;
  spec.set_experiment_id(std::string(experiment_id));
  spec.set_trial_id(trial.id);
  spec.set_arm(trial.arm->name());
  spec.set_repeat(trial.fold->repeat());
  spec.set_fold(trial.fold->fold());
  *spec.mutable_channels() = trial.arm->channels();
  *spec.mutable_recipe() = trial.arm->recipe();
  *spec.mutable_model() = trial.arm->model();
  *spec.mutable_task() = trial.arm->task();
  *spec.mutable_train() = trial.arm->train();
  *spec.mutable_resources() = plan.spec().resources();
  *spec.mutable_input_shape() = trial.arm->input_shape();
  *spec.mutable_init() = trial.arm->init();
  AddItems(trial, fit, trial.fold->train(), *spec.mutable_train_items());
  AddItems(trial, fit, trial.fold->validation(), *spec.mutable_validation_items());
  AddItems(trial, fit, trial.fold->test(), *spec.mutable_test_items());
  for (const v1::Sample& sample : trial.plan->external()) {
    AddItem(sample, *trial.arm, fit, *spec.mutable_external_items());
  }
  AddFit(fit, spec);
  *spec.mutable_train_views() = TrainViews(*trial.arm);
  spec.set_split_hash(trial.plan->split_hash());
  return spec;
}

v1::GrantBody MakeGrantBody(const v1::TrialSpec& trial, uint32_t attempt,
                            const google::protobuf::RepeatedPtrField<std::string>& table_digests) {
  v1::GrantBody grant;
  grant.set_experiment_id(trial.experiment_id());
  grant.set_trial_id(trial.trial_id());
  grant.set_attempt(attempt);
  *grant.mutable_recipe() = trial.recipe();
  *grant.mutable_channels() = trial.channels();
  // Label images come last.
  grant.mutable_channels()->MergeFrom(trial.recipe().labels());
  *grant.mutable_table_digests() = table_digests;
  grant.set_order_seed(trial.train().seed());
  *grant.mutable_train_views() = trial.train_views();
  AddPermit(v1::PURPOSE_TRAIN, trial.train_items(), grant);
  AddPermit(v1::PURPOSE_VALIDATION, trial.validation_items(), grant);
  AddPermit(v1::PURPOSE_TEST, trial.test_items(), grant);
  AddPermit(v1::PURPOSE_EXTERNAL, trial.external_items(), grant);
  return grant;
}

}  // namespace gyrus

#include "coordinator/plan/trials.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
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

// The arms and folds of an earlier stage by name and number, so that the parent
// of each trial is found without a search.
class StageTrials {
 public:
  explicit StageTrials(const v1::StagePlan& stage) : stage_(stage) {
    for (const v1::ArmPlan& arm : stage.plan().arms()) arms_[arm.name()] = &arm;
    for (const v1::Fold& fold : stage.plan().folds()) folds_[{fold.repeat(), fold.fold()}] = &fold;
  }

  // The trial of this stage that a later trial of `arm` and `fold` starts from.
  std::string ParentOf(const v1::ArmPlan& arm, const v1::Fold& fold) const {
    const v1::ArmPlan& from = *arms_.at(stage_.arms().at(arm.name()));
    // A stage that trains on none of the tested samples has one fold for all.
    const v1::Fold& before =
        folds_.size() == 1 ? *folds_.begin()->second : *folds_.at({fold.repeat(), fold.fold()});
    return TrialId(from, stage_.name(), before);
  }

 private:
  const v1::StagePlan& stage_;
  absl::flat_hash_map<absl::string_view, const v1::ArmPlan*> arms_;
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, const v1::Fold*> folds_;
};

using EarlierStages = absl::flat_hash_map<absl::string_view, StageTrials>;

void AddTrials(const v1::Plan& whole, const v1::Plan& plan, const std::string& stage,
               const EarlierStages& earlier, std::vector<PlannedTrial>& trials) {
  for (const v1::Fold& fold : plan.folds()) {
    for (const v1::ArmPlan& arm : plan.arms()) {
      const auto before = earlier.find(arm.init().stage());
      trials.push_back(
          {.id = TrialId(arm, stage, fold),
           .whole = &whole,
           .plan = &plan,
           .arm = &arm,
           .fold = &fold,
           .stage = stage,
           .parent = before == earlier.end() ? "" : before->second.ParentOf(arm, fold)});
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
  EarlierStages earlier;
  for (const v1::StagePlan& stage : plan.earlier()) earlier.try_emplace(stage.name(), stage);
  for (const v1::StagePlan& stage : plan.earlier()) {
    AddTrials(plan, stage.plan(), stage.name(), earlier, trials);
  }
  AddTrials(plan, plan, plan.stage().empty() ? "train" : plan.stage(), earlier, trials);
  return trials;
}

std::vector<std::string> TrialIds(const v1::Plan& plan) {
  std::vector<std::string> ids;
  for (PlannedTrial& trial : TrialsOf(plan)) ids.push_back(std::move(trial.id));
  return ids;
}

absl::StatusOr<v1::TrialSpec> MakeTrialSpec(const PlannedTrial& trial,
                                            absl::string_view experiment_id) {
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
  *spec.mutable_resources() = trial.whole->spec().resources();
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
  const auto& samples = trial.plan->samples();
  spec.set_masks_from_files(!samples.empty() &&
                            std::all_of(samples.begin(), samples.end(),
                                        [](const auto& sample) { return sample.has_mask(); }));
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

#include "coordinator/plan/trials.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

using Items = google::protobuf::RepeatedPtrField<v1::Item>;

void AddItems(const v1::Plan& plan, const v1::ArmPlan& arm, absl::Span<const uint32_t> samples,
              Items& items) {
  const std::vector<double> targets = TargetsOf(plan, arm, samples);
  for (size_t i = 0; i < samples.size(); ++i) {
    v1::Item& item = *items.Add();
    item.set_id(plan.samples(samples[i]).id());
    item.set_target(targets[i]);
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
  for (const v1::Fold& fold : plan.folds()) {
    for (const v1::ArmPlan& arm : plan.arms()) {
      trials.push_back({absl::StrCat(arm.name(), "/train/r", fold.repeat(), "/f", fold.fold(), "/s",
                                     arm.train().seed()),
                        &arm, &fold});
    }
  }
  return trials;
}

std::vector<std::string> TrialIds(const v1::Plan& plan) {
  std::vector<std::string> ids;
  for (PlannedTrial& trial : TrialsOf(plan)) ids.push_back(std::move(trial.id));
  return ids;
}

std::vector<double> TargetsOf(const v1::Plan& plan, const v1::ArmPlan& arm,
                              absl::Span<const uint32_t> samples) {
  std::vector<double> targets;
  for (const uint32_t index : samples) {
    targets.push_back(plan.samples(index).numbers().at(arm.task().regression().target()));
  }
  return targets;
}

absl::StatusOr<OutputMap> FitOutput(const v1::Plan& plan, const PlannedTrial& trial) {
  const v1::OutputScale& output = trial.arm->task().regression().output();
  if (output.fit() == v1::OUTPUT_FIT_IDENTITY) return OutputMap{};
  if (output.fit() != v1::OUTPUT_FIT_TRAIN_FOLD) return OutputMap{output.scale(), output.offset()};
  const std::vector<double> targets = TargetsOf(plan, *trial.arm, trial.fold->train());
  const absl::StatusOr<double> mean = Mean(targets);
  const absl::StatusOr<double> sd = StandardDeviation(targets, 0);
  if (!mean.ok() || !sd.ok() || *sd == 0) {
    return absl::DataLossError(absl::StrCat(
        "arm '", trial.arm->name(), "': the ", targets.size(), " training targets of repeat ",
        trial.fold->repeat(), " fold ", trial.fold->fold(),
        " have no spread to fit the output to; use fewer folds, more samples or "
        "task.regression.output: identity"));
  }
  return OutputMap{*sd, *mean};
}

absl::StatusOr<v1::TrialSpec> MakeTrialSpec(const v1::Plan& plan, absl::string_view experiment_id,
                                            absl::string_view trial_id) {
  for (const PlannedTrial& trial : TrialsOf(plan)) {
    if (trial.id != trial_id) continue;
    GYRUS_ASSIGN_OR_RETURN(const OutputMap output, FitOutput(plan, trial));
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
    AddItems(plan, *trial.arm, trial.fold->train(), *spec.mutable_train_items());
    AddItems(plan, *trial.arm, trial.fold->validation(), *spec.mutable_validation_items());
    AddItems(plan, *trial.arm, trial.fold->test(), *spec.mutable_test_items());
    spec.set_output_scale(output.scale);
    spec.set_output_offset(output.offset);
    spec.set_split_hash(plan.split_hash());
    return spec;
  }
  return absl::NotFoundError(absl::StrCat("the plan has no trial '", trial_id, "'"));
}

v1::GrantBody MakeGrantBody(const v1::TrialSpec& trial, uint32_t attempt,
                            const google::protobuf::RepeatedPtrField<std::string>& table_digests) {
  v1::GrantBody grant;
  grant.set_experiment_id(trial.experiment_id());
  grant.set_trial_id(trial.trial_id());
  grant.set_attempt(attempt);
  *grant.mutable_recipe() = trial.recipe();
  *grant.mutable_channels() = trial.channels();
  *grant.mutable_table_digests() = table_digests;
  grant.set_order_seed(trial.train().seed());
  AddPermit(v1::PURPOSE_TRAIN, trial.train_items(), grant);
  AddPermit(v1::PURPOSE_VALIDATION, trial.validation_items(), grant);
  AddPermit(v1::PURPOSE_TEST, trial.test_items(), grant);
  return grant;
}

}  // namespace gyrus

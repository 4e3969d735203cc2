#include "coordinator/runtime/planner.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/reason/reason.h"
#include "common/status.h"
#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/refusal.h"
#include "core/network/network.h"
#include "core/network/tensor_rules.h"
#include "core/recipe/recipe.h"
#include "core/spec/arm.h"
#include "core/spec/channels.h"
#include "core/spec/check/warnings.h"
#include "core/spec/covariates.h"
#include "core/spec/external.h"
#include "core/spec/stages.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

// Builds the graph of the arm's network, which also finds patterns of tensors that match
// nothing.
absl::StatusOr<v1::NetworkCost> CostOfArm(const v1::ArmPlan& arm) {
  const Shape input(arm.input_shape().begin(), arm.input_shape().end());
  GYRUS_ASSIGN_OR_RETURN(v1::NetworkCost cost, NetworkCostOf(arm.model(), arm.task(), input));
  GYRUS_ASSIGN_OR_RETURN(const Graph graph, MakeGraph(arm.model(), arm.task(), input));
  GYRUS_RETURN_IF_ERROR(CheckTensorRules(graph, arm.train(), arm.init()));
  return cost;
}

// The columns of manifests that an experiment needs.
struct Columns {
  std::set<std::string> numbers;
  std::set<std::string> some_numbers;  // Some rows may lack these.
  std::set<std::string> texts;
};

void AddTarget(const v1::Task& task, bool may_be_missing, Columns& columns) {
  const std::string& target = TargetOf(task);
  if (HasClass(task)) columns.texts.insert(target);
  if (HasNumber(task)) (may_be_missing ? columns.some_numbers : columns.numbers).insert(target);
}

bool IsMasked(const v1::Task& task) { return MissingOf(task) == v1::MISSING_MASK; }

void AddColumns(const v1::ArmPlan& arm, bool external, Columns& columns) {
  AddTarget(arm.task(), external || IsMasked(arm.task()), columns);
  const auto& covariates = CovariateColumns(arm.model());
  columns.numbers.insert(covariates.begin(), covariates.end());
}

// The columns that folds are made by and that results are grouped by.
void AddColumns(const v1::ExperimentSpec& spec, Columns& columns) {
  const std::string& target = TargetOf(spec.task());
  const std::string& groups_by = spec.evaluate().groups().by();
  if (groups_by == target && HasNumber(spec.task())) {
    AddTarget(spec.task(), IsMasked(spec.task()), columns);
  } else if (!groups_by.empty()) {
    columns.numbers.insert(groups_by);
  }
  const v1::KFold& kfold = spec.split().kfold();
  if (kfold.stratify() == target) {
    AddTarget(spec.task(), IsMasked(spec.task()), columns);  // It may be the target of no arm.
  } else if (kfold.stratify() != "none") {
    columns.numbers.insert(kfold.stratify());
  }
  // These three belong to every sample and are no columns of their own.
  static const auto* const kRoles = new std::set<std::string>{"subject", "family", "site"};
  std::set<std::string> texts(spec.evaluate().by().begin(), spec.evaluate().by().end());
  texts.insert(kfold.group());
  for (const std::string& column : texts) {
    if (!kRoles->contains(column)) columns.texts.insert(column);
  }
}

// The recipes of arms that may cut through a brain, each once for the same images.
class Preparations {
 public:
  // `name` is how messages call the arm.
  void Add(const std::string& name, const v1::ArmPlan& arm) {
    const auto& steps = arm.recipe().steps();
    const auto crops = [](const v1::Step& step) { return step.has_crop_or_pad(); };
    if (std::none_of(steps.begin(), steps.end(), crops)) return;
    v1::Preparation added;
    *added.mutable_recipe() = arm.recipe();
    const auto& labels = arm.recipe().labels();
    for (const std::string& channel : InputChannels(arm.recipe(), arm.channels())) {
      if (std::find(labels.begin(), labels.end(), channel) == labels.end()) {
        added.add_channels(channel);
      }
    }
    for (v1::Preparation& known : preparations_) {
      added.set_arms(known.arms());
      if (!google::protobuf::util::MessageDifferencer::Equals(known, added)) continue;
      known.set_arms(absl::StrCat(known.arms(), ", ", name));
      return;
    }
    added.set_arms(name);
    preparations_.push_back(std::move(added));
  }

  void AddTo(v1::AdmitRequest& request) const {
    request.mutable_preparations()->Assign(preparations_.begin(), preparations_.end());
  }

 private:
  std::vector<v1::Preparation> preparations_;
};

// Everything that the cohort must give for the stages that use it.
v1::AdmitRequest RequestFor(const v1::ExperimentSpec& spec, const v1::Cohort& cohort) {
  const bool external = IsExternal(spec.evaluate(), cohort.name());
  std::set<std::string> channels;
  Columns columns;
  Preparations preparations;
  for (int stage = 0; stage < StageCount(spec); ++stage) {
    const v1::ExperimentSpec alone = SpecOfStage(spec, stage);
    const bool is_in =
        std::any_of(alone.cohorts().begin(), alone.cohorts().end(),
                    [&](const v1::Cohort& other) { return other.name() == cohort.name(); });
    if (!is_in) continue;
    for (const v1::Arm& arm : alone.arms()) {
      const v1::ArmPlan resolved = ResolveArm(alone, arm);
      for (const std::string& channel : InputChannels(resolved.recipe(), resolved.channels())) {
        channels.insert(channel);
      }
      AddColumns(resolved, external, columns);
      preparations.Add(spec.stages().empty()
                           ? arm.name()
                           : absl::StrCat(StageName(spec, stage), "/", arm.name()),
                       resolved);
    }
    if (stage + 1 == StageCount(spec) && !external) AddColumns(alone, columns);
  }
  // The plan describes the people of each fold and site where the experiment names these.
  if (cohort.columns().contains("sex")) columns.texts.insert("sex");
  if (cohort.columns().contains("age")) columns.some_numbers.insert("age");
  v1::AdmitRequest request;
  *request.mutable_cohort() = cohort;
  for (const std::string& channel : channels) request.add_channels(channel);
  for (const std::string& channel : LabelChannels(spec)) {
    if (channels.contains(channel)) request.add_label_channels(channel);
  }
  preparations.AddTo(request);
  for (const std::string& column : columns.numbers) request.add_numeric_columns(column);
  for (const std::string& column : columns.texts) request.add_text_columns(column);
  for (const std::string& column : columns.some_numbers) {
    if (!columns.numbers.contains(column)) request.add_optional_numeric_columns(column);
  }
  return request;
}

void Refuse(const absl::Status& status, PlanOutcome& outcome) {
  const v1::PlanRefusal refusal = RefusalOf(status);
  outcome.reasons.assign(refusal.reasons().begin(), refusal.reasons().end());
}

}  // namespace

// All cohorts are tried even if one is refused, so that the operator sees all problems at
// once.
absl::StatusOr<Planner::Admitted> Planner::AdmitAll(
    const v1::ExperimentSpec& spec, bool rows_only,
    const std::function<void(const v1::Admission&)>& progress, std::vector<v1::Reason>& reasons) {
  Admitted admitted;
  for (const v1::Cohort& cohort : spec.cohorts()) {
    v1::AdmitRequest request = RequestFor(spec, cohort);
    request.set_rows_only(rows_only);
    auto table = loaders_.Admit(request, progress, reasons);
    if (absl::IsCancelled(table.status())) return table.status();
    if (!table.ok()) {
      reasons.push_back(ReasonFrom(table.status(), ErrorOrigin::kLoader));
      continue;
    }
    admitted.loaders[cohort.name()] = table->loader;
    admitted.tables.push_back(std::move(table->table));
  }
  return admitted;
}

absl::StatusOr<PlanOutcome> Planner::Make(
    const v1::ExperimentSpec& spec, const std::function<void(const v1::Admission&)>& progress) {
  PlanOutcome outcome;
  if (const absl::Status status = CheckBeforeAdmission(spec); !status.ok()) {
    Refuse(status, outcome);
    return outcome;
  }
  // The rows are cheap to read. Only when they and the split are good are all images read,
  // which may take hours.
  GYRUS_ASSIGN_OR_RETURN(const Admitted rows, AdmitAll(spec, true, progress, outcome.reasons));
  if (!outcome.reasons.empty()) return outcome;
  if (const absl::Status status = CheckRows(spec, rows.tables); !status.ok()) {
    Refuse(status, outcome);
    return outcome;
  }
  GYRUS_ASSIGN_OR_RETURN(const Admitted all, AdmitAll(spec, false, progress, outcome.reasons));
  if (!outcome.reasons.empty()) return outcome;
  auto plan = MakePlan(spec, all.tables, CostOfArm);
  if (!plan.ok()) {
    Refuse(plan.status(), outcome);
    return outcome;
  }
  for (const auto& [cohort, loader] : all.loaders) (*plan->mutable_loaders())[cohort] = loader;
  outcome.plan = *std::move(plan);
  return outcome;
}

}  // namespace gyrus

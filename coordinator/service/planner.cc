#include "coordinator/service/planner.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "common/status.h"
#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/plan_tools.h"
#include "coordinator/plan/refusal.h"
#include "core/network/network.h"
#include "core/network/tensor_rules.h"
#include "core/recipe/recipe.h"
#include "core/spec/arm.h"
#include "core/spec/check/warnings.h"
#include "core/spec/covariates.h"
#include "core/spec/external.h"
#include "core/spec/stages.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

absl::Status CheckRules(const v1::ArmPlan& arm) {
  GYRUS_ASSIGN_OR_RETURN(
      const Graph graph,
      MakeGraph(arm.model(), arm.task(), {arm.input_shape().begin(), arm.input_shape().end()}));
  return CheckTensorRules(graph, arm.train(), arm.init());
}

PlanTools RealTools() {
  return {.resolve_arm = &ResolveArm,
          .output_shape = &OutputShape,
          .network_cost = &NetworkCostOf,
          .check_tensor_rules = &CheckRules,
          .warnings = &Warnings};
}

// Of the manifests.
struct Columns {
  std::set<std::string> numbers;
  std::set<std::string> some_numbers;  // Not in every row.
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

// What folds are made by, and what results are told by.
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
    AddTarget(spec.task(), IsMasked(spec.task()), columns);  // Perhaps of no arm.
  } else if (kfold.stratify() != "none") {
    columns.numbers.insert(kfold.stratify());
  }
  // These three are parts of every sample.
  static const auto* const kRoles = new std::set<std::string>{"subject", "family", "site"};
  std::set<std::string> texts(spec.evaluate().by().begin(), spec.evaluate().by().end());
  texts.insert(kfold.group());
  for (const std::string& column : texts) {
    if (!kRoles->contains(column)) columns.texts.insert(column);
  }
}

// What a cohort must give for the stages that it is in.
v1::AdmitRequest RequestFor(const v1::ExperimentSpec& spec, const v1::Cohort& cohort) {
  const bool external = IsExternal(spec.evaluate(), cohort.name());
  std::set<std::string> channels;
  Columns columns;
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
    }
    if (stage + 1 == StageCount(spec) && !external) AddColumns(alone, columns);
  }
  v1::AdmitRequest request;
  *request.mutable_cohort() = cohort;
  for (const std::string& channel : channels) request.add_channels(channel);
  for (const std::string& column : columns.numbers) request.add_numeric_columns(column);
  for (const std::string& column : columns.texts) request.add_text_columns(column);
  for (const std::string& column : columns.some_numbers) {
    if (!columns.numbers.contains(column)) request.add_optional_numeric_columns(column);
  }
  return request;
}

v1::Reason ReasonOf(const absl::Status& status) {
  v1::Reason reason;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      reason.set_code(v1::REASON_CODE_BAD_SPEC);
      break;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kDataLoss:
      reason.set_code(v1::REASON_CODE_BAD_DATA);
      break;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      reason.set_code(v1::REASON_CODE_LOADER_LOST);
      break;
    default:
      reason.set_code(v1::REASON_CODE_INTERNAL);
  }
  reason.set_message(std::string(status.message()));
  return reason;
}

}  // namespace

absl::StatusOr<PlanOutcome> Planner::Make(
    const v1::ExperimentSpec& spec, const std::function<void(const v1::Admission&)>& progress) {
  PlanOutcome outcome;
  std::vector<v1::SampleTable> tables;
  std::map<std::string, uint32_t> loader_of;
  for (const v1::Cohort& cohort : spec.cohorts()) {
    const v1::AdmitRequest request = RequestFor(spec, cohort);
    auto admitted = loaders_.Admit(request, progress, outcome.reasons);
    if (absl::IsCancelled(admitted.status())) return admitted.status();
    if (!admitted.ok()) {
      outcome.reasons.push_back(ReasonOf(admitted.status()));
      continue;
    }
    loader_of[cohort.name()] = admitted->loader;
    tables.push_back(std::move(admitted->table));
  }
  if (!outcome.reasons.empty()) return outcome;
  auto plan = MakePlan(spec, tables, RealTools());
  if (!plan.ok()) {
    const v1::PlanRefusal refusal = RefusalOf(plan.status());
    outcome.reasons.assign(refusal.reasons().begin(), refusal.reasons().end());
    return outcome;
  }
  for (const auto& [cohort, loader] : loader_of) (*plan->mutable_loaders())[cohort] = loader;
  outcome.plan = *std::move(plan);
  return outcome;
}

}  // namespace gyrus

#include "coordinator/result/external_result.h"

#include <algorithm>
#include <utility>

#include "common/status.h"
#include "core/evaluate/ensemble.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/subject_errors.h"
#include "core/spec/metric.h"
#include "core/spec/target.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

uint32_t WithoutTarget(const v1::Plan& plan, const v1::Task& task) {
  if (!HasScalar(task)) return 0;
  return static_cast<uint32_t>(std::count_if(
      plan.external().begin(), plan.external().end(),
      [&](const v1::Sample& sample) { return !TargetOfSample(sample, task).has_value(); }));
}

absl::StatusOr<std::vector<v1::Prediction>> EnsembleOfFolds(const std::vector<TestedFold>& folds) {
  std::vector<std::vector<v1::Prediction>> networks;
  for (const TestedFold& fold : folds) networks.push_back(fold.predictions);
  return EnsembleOf(networks);
}

bool AllHave(absl::Span<const TestedArm> arms, const TestedFold& fold) {
  return std::all_of(arms.begin(), arms.end(),
                     [&](const TestedArm& arm) { return FindFold(arm, fold) != nullptr; });
}

}  // namespace

absl::StatusOr<MadeExternal> MakeExternal(const v1::Plan& plan, const TestedArm& arm) {
  MadeExternal made;
  v1::ExternalResult& result = made.result;
  const v1::Evaluate& evaluate = plan.spec().evaluate();
  result.set_n(static_cast<uint32_t>(plan.external_size()));
  result.set_without_target(WithoutTarget(plan, arm.task));
  result.set_networks(static_cast<uint32_t>(arm.folds.size()));
  if (arm.folds.empty()) return made;
  std::vector<v1::Metrics> metrics;
  for (const TestedFold& fold : arm.folds) metrics.push_back(fold.metrics);
  GYRUS_ASSIGN_OR_RETURN(OverFolds over, SummariseFolds(metrics, evaluate.sd_ddof()));
  *result.mutable_mean() = std::move(over.mean);
  *result.mutable_sd() = std::move(over.sd);
  if (HasScalar(arm.task)) {
    GYRUS_ASSIGN_OR_RETURN(made.ensemble, EnsembleOfFolds(arm.folds));
  }
  GYRUS_ASSIGN_OR_RETURN(*result.mutable_ensemble(),
                         EnsembleMetrics(arm.task, MetricsOf(evaluate), made.ensemble));
  return made;
}

absl::StatusOr<SharedEnsembles> EnsemblesOfSharedFolds(absl::Span<const TestedArm> arms) {
  SharedEnsembles shared;
  for (const TestedArm& arm : arms) {
    std::vector<TestedFold> folds;
    for (const TestedFold& fold : arm.folds) {
      if (AllHave(arms, fold)) folds.push_back(fold);
    }
    shared.networks = static_cast<uint32_t>(folds.size());
    TestedArm& ensemble = shared.arms.emplace_back(TestedArm{.name = arm.name, .task = arm.task});
    if (folds.empty()) continue;
    GYRUS_ASSIGN_OR_RETURN(ensemble.folds.emplace_back().predictions, EnsembleOfFolds(folds));
  }
  return shared;
}

}  // namespace gyrus

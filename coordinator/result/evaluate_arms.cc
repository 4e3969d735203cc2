#include "coordinator/result/evaluate_arms.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/result/external_result.h"
#include "core/evaluate/baseline_comparison.h"
#include "core/evaluate/comparison.h"
#include "core/evaluate/cumulative_scores.h"
#include "core/evaluate/group_tables.h"
#include "core/evaluate/pooled.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

SamplesById ById(const google::protobuf::RepeatedPtrField<v1::Sample>& samples) {
  SamplesById by_id;
  for (const v1::Sample& sample : samples) by_id[sample.id()] = &sample;
  return by_id;
}

absl::Status AddGroupTables(const v1::Evaluate& evaluate, const TestedArm& arm,
                            const SamplesById& samples, v1::Result& result) {
  if (evaluate.has_groups()) {
    GYRUS_ASSIGN_OR_RETURN(*result.add_group_tables(),
                           ErrorsByNumber(arm, evaluate.groups(), samples));
  }
  for (const std::string& column : evaluate.by()) {
    GYRUS_ASSIGN_OR_RETURN(*result.add_group_tables(), ErrorsByText(arm, column, samples));
  }
  return absl::OkStatus();
}

absl::Status AddScores(const v1::Evaluate& evaluate, const TestedArm& arm, v1::ArmResult& result) {
  const std::vector<double> alphas(evaluate.cs().begin(), evaluate.cs().end());
  if (alphas.empty()) return absl::OkStatus();
  GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::CumulativeScore> scores,
                         CumulativeScoresOf(arm, alphas));
  result.mutable_cumulative_scores()->Assign(scores.begin(), scores.end());
  return absl::OkStatus();
}

absl::Status AddBaseline(const v1::Plan& plan, const TestedArm& arm, const SamplesById& samples,
                         v1::ArmResult& result) {
  if (arm.folds.empty()) return absl::OkStatus();
  const v1::Evaluate& evaluate = plan.spec().evaluate();
  BaselineOptions options{.pool = evaluate.pool(), .k = plan.spec().split().kfold().k()};
  if (evaluate.has_compare()) options.seed = evaluate.compare().seed();
  GYRUS_ASSIGN_OR_RETURN(auto comparison, CompareWithBaseline(arm, samples, options));
  if (comparison.has_value()) *result.mutable_baseline_comparison() = *std::move(comparison);
  return absl::OkStatus();
}

}  // namespace

absl::Status EvaluateArms(const v1::Plan& plan, absl::Span<const TestedArm> arms,
                          v1::Result& result) {
  const v1::Evaluate& evaluate = plan.spec().evaluate();
  const SamplesById samples = ById(plan.samples());
  for (size_t a = 0; a < arms.size(); ++a) {
    GYRUS_RETURN_IF_ERROR(
        AddBaseline(plan, arms[a], samples, *result.mutable_arms(static_cast<int>(a))));
    if (!HasNumber(arms[a].task)) continue;
    GYRUS_RETURN_IF_ERROR(Annotate(
        AddScores(evaluate, arms[a], *result.mutable_arms(static_cast<int>(a))), "evaluate.cs"));
    GYRUS_RETURN_IF_ERROR(AddGroupTables(evaluate, arms[a], samples, result));
  }
  if (!evaluate.has_compare()) return absl::OkStatus();
  auto comparisons = PoolsItems(evaluate) ? CompareArmsByItems(arms, evaluate.compare(), samples)
                                          : CompareArms(arms, evaluate.compare(),
                                                        plan.spec().split().kfold().k(), samples);
  GYRUS_RETURN_IF_ERROR(comparisons.status());
  *result.mutable_comparisons() = *std::move(comparisons);
  return absl::OkStatus();
}

absl::Status EvaluateEnsembles(const v1::Plan& plan, absl::Span<const TestedArm> arms,
                               v1::Result& result) {
  const v1::Evaluate& evaluate = plan.spec().evaluate();
  if (plan.external().empty() || !evaluate.has_compare()) return absl::OkStatus();
  v1::Comparisons& comparisons = *result.mutable_external_comparisons();
  // Arms that are compared have the same kind of output.
  if (!HasScalar(arms.front().task)) {
    comparisons.set_reason("label images and reconstructions are not put together");
    return absl::OkStatus();
  }
  GYRUS_ASSIGN_OR_RETURN(const SharedEnsembles shared, EnsemblesOfSharedFolds(arms));
  if (shared.networks == 0) {
    comparisons.set_reason("no fold is done by all arms");
    return absl::OkStatus();
  }
  GYRUS_ASSIGN_OR_RETURN(comparisons,
                         CompareEnsembles(shared.arms, evaluate.compare(), ById(plan.external())));
  comparisons.set_networks(shared.networks);
  return absl::OkStatus();
}

}  // namespace gyrus

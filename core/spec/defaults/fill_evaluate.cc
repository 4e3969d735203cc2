#include "core/spec/defaults/fill_evaluate.h"

#include <set>
#include <vector>

#include "core/spec/arm.h"
#include "core/spec/metric.h"

namespace gyrus {
namespace {

std::vector<v1::Task> TasksOf(const v1::ExperimentSpec& spec) {
  std::vector<v1::Task> tasks;
  for (const v1::Arm& arm : spec.arms()) tasks.push_back(ResolveArm(spec, arm).task());
  return tasks;
}

void FillMetrics(const v1::ExperimentSpec& spec, v1::Evaluate& evaluate) {
  if (!evaluate.metrics().empty()) return;
  std::set<v1::Metric> wanted;
  for (const v1::Task& task : TasksOf(spec)) {
    for (const v1::Metric metric : DefaultMetrics(task)) wanted.insert(metric);
  }
  if (wanted.empty()) {  // There is no task, which a check reports.
    v1::Task number;
    number.mutable_regression();
    for (const v1::Metric metric : DefaultMetrics(number)) wanted.insert(metric);
  }
  for (const v1::Metric metric : AllMetrics()) {
    if (wanted.count(metric) > 0) evaluate.add_metrics(metric);
  }
}

// The first metric that is computed for the arm in any case.
v1::Metric MetricToCompare(const v1::ExperimentSpec& spec, const v1::Compare& compare) {
  for (const v1::Arm& arm : spec.arms()) {
    if (arm.name() != compare.with()) continue;
    const std::vector<v1::Metric> metrics = DefaultMetrics(ResolveArm(spec, arm).task());
    if (!metrics.empty()) return metrics.front();
  }
  return v1::METRIC_MAE;
}

void FillCompare(const v1::ExperimentSpec& spec, v1::Compare& compare) {
  if (compare.metric() == v1::METRIC_UNSPECIFIED) {
    compare.set_metric(MetricToCompare(spec, compare));
  }
  if (compare.alternative() == v1::ALTERNATIVE_UNSPECIFIED) {
    compare.set_alternative(v1::ALTERNATIVE_TWO_SIDED);
  }
  if (compare.correction() == v1::CORRECTION_UNSPECIFIED) {
    compare.set_correction(v1::CORRECTION_HOLM);
  }
  if (!compare.has_seed()) compare.set_seed(1);
}

}  // namespace

void FillEvaluate(v1::ExperimentSpec& spec) {
  v1::Evaluate& evaluate = *spec.mutable_evaluate();
  FillMetrics(spec, evaluate);
  if (!evaluate.has_sd_ddof()) evaluate.set_sd_ddof(1);
  if (evaluate.has_compare()) FillCompare(spec, *evaluate.mutable_compare());
  if (evaluate.bias_correction() == v1::BIAS_METHOD_UNSPECIFIED) {
    evaluate.set_bias_correction(v1::BIAS_METHOD_NONE);
  }
}

}  // namespace gyrus

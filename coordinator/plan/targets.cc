#include "coordinator/plan/targets.h"

#include <cmath>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/missing.h"
#include "common/status.h"
#include "common/text_identity.h"
#include "coordinator/plan/refusal.h"
#include "core/spec/target.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

std::string TextOf(const v1::Sample& sample, const std::string& column) {
  const auto found = sample.texts().find(column);
  return found == sample.texts().end() ? "" : found->second;
}

constexpr absl::string_view kMend = "; correct it or remove the row";

// Returns the fault of a sample's target; empty where it is good.
std::string FaultOf(const v1::Sample& sample, const v1::Task& task) {
  const std::string& column = TargetOf(task);
  if (HasClass(task)) {
    const std::string text = TextOf(sample, column);
    if (IsMissing(text)) return absl::StrCat("has no class in column '", column, "'", kMend);
    if (TargetOfSample(sample, task).has_value()) return "";
    for (const std::string& name : task.classification().classes()) {
      if (LookOf(name) != LookOf(text)) continue;
      return absl::StrCat("column '", column, "' is ", Quoted(text), ", which looks like class ",
                          Quoted(name), " but is another text; write them the same way");
    }
    return absl::StrCat("column '", column, "' is ", Quoted(text),
                        ", which is none of the classes ",
                        absl::StrJoin(task.classification().classes(), ", "), kMend);
  }
  const std::optional<double> number = TargetOfSample(sample, task);
  if (!number.has_value()) return absl::StrCat("has no number in column '", column, "'", kMend);
  if (!std::isfinite(*number)) {
    return absl::StrCat("column '", column, "' is ", *number, "; it must be a finite number");
  }
  const v1::SoftLabels& bins = task.soft_labels();
  if (task.has_soft_labels() && (*number < bins.from() || *number > bins.to())) {
    return absl::StrCat("column '", column, "' is ", *number, ", outside of the bins from ",
                        bins.from(), " to ", bins.to(),
                        "; widen task.soft_labels.from and to, correct it or remove the row");
  }
  return "";
}

bool HasNone(const v1::Sample& sample, const v1::Task& task) {
  return HasClass(task) ? IsMissing(TextOf(sample, TargetOf(task)))
                        : !TargetOfSample(sample, task).has_value();
}

absl::Status CheckEach(const v1::ExperimentSpec& spec, const Samples& samples, const v1::Task& task,
                       bool may_be_missing) {
  ProblemList problems;
  for (const v1::Sample& sample : samples) {
    if (may_be_missing && HasNone(sample, task)) continue;
    const std::string fault = FaultOf(sample, task);
    if (!fault.empty()) problems.Add(absl::StrCat(Describe(spec, sample), ": ", fault));
  }
  return problems.ToStatus(absl::StatusCode::kDataLoss);
}

}  // namespace

std::vector<std::optional<double>> TargetsOf(const v1::Plan& plan, const v1::ArmPlan& arm,
                                             absl::Span<const uint32_t> samples) {
  std::vector<std::optional<double>> targets;
  for (const uint32_t index : samples) {
    targets.push_back(TargetOfSample(plan.samples(static_cast<int>(index)), arm.task()));
  }
  return targets;
}

std::vector<double> KnownTargetsOf(const v1::Plan& plan, const v1::ArmPlan& arm,
                                   absl::Span<const uint32_t> samples) {
  std::vector<double> known;
  for (const std::optional<double> target : TargetsOf(plan, arm, samples)) {
    if (target.has_value()) known.push_back(*target);
  }
  return known;
}

absl::Status CheckTargets(const v1::ExperimentSpec& spec, const Samples& samples,
                          const v1::Task& task) {
  if (!HasScalar(task)) return absl::OkStatus();
  GYRUS_RETURN_IF_ERROR(CheckEach(spec, samples, task, MissingOf(task) == v1::MISSING_MASK));
  std::set<double> seen;
  size_t known = 0;
  for (const v1::Sample& sample : samples) {
    const std::optional<double> target = TargetOfSample(sample, task);
    if (!target.has_value()) continue;
    seen.insert(*target);
    ++known;
  }
  // With a single value there would be nothing to learn, and most metrics would be
  // undefined.
  if (seen.size() > 1) return absl::OkStatus();
  if (seen.empty()) {
    return absl::DataLossError(absl::StrCat("target '", TargetOf(task), "' is known of no sample"));
  }
  const std::string only = HasClass(task)
                               ? task.classification().classes(static_cast<int>(*seen.begin()))
                               : absl::StrCat(*seen.begin());
  return absl::DataLossError(absl::StrCat("target '", TargetOf(task), "' is ", only, " in all ",
                                          known, " samples; there is nothing to learn from"));
}

absl::Status CheckKnownTargets(const v1::ExperimentSpec& spec, const Samples& samples,
                               const v1::Task& task) {
  if (!HasScalar(task)) return absl::OkStatus();
  return CheckEach(spec, samples, task, /*may_be_missing=*/true);
}

}  // namespace gyrus

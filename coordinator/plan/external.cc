#include "coordinator/plan/external.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "common/text_identity.h"
#include "coordinator/plan/arm_plan.h"
#include "coordinator/plan/samples.h"
#include "coordinator/plan/targets.h"
#include "core/spec/arm.h"
#include "core/spec/external.h"

namespace gyrus {
namespace {

absl::Status CheckColumns(const v1::ExperimentSpec& spec, const v1::ArmPlan& arm,
                          const Samples& samples) {
  GYRUS_RETURN_IF_ERROR(CheckCovariates(spec, arm, samples));
  return CheckKnownTargets(spec, samples, arm.task());
}

absl::Status CheckArm(const v1::ExperimentSpec& spec, const v1::ArmPlan& arm,
                      const Samples& samples) {
  GYRUS_RETURN_IF_ERROR(CheckColumns(spec, arm, samples));
  return CommonShape(spec, arm, samples).status();
}

}  // namespace

// Subjects are identified within their cohort. Equal names in two cohorts may be the same
// person or two persons; only the operator knows.
std::string WarningOfNames(const v1::Plan& plan) {
  std::set<std::string> trained, both;
  const auto name_of = [](const v1::Sample& sample) {
    return LookOf(sample.subject_key().substr(sample.subject_key().find('/') + 1));
  };
  for (const v1::Sample& sample : plan.samples()) trained.insert(name_of(sample));
  for (const v1::StagePlan& stage : plan.earlier()) {
    for (const v1::Sample& sample : stage.plan().samples()) trained.insert(name_of(sample));
  }
  for (const v1::Sample& sample : plan.external()) {
    if (trained.contains(name_of(sample))) both.insert(name_of(sample));
  }
  if (both.empty()) return "";
  return absl::StrCat(both.size(), both.size() == 1 ? " subject" : " subjects",
                      " of evaluate.external ", both.size() == 1 ? "is" : "are",
                      " called as one that is trained on (", *both.begin(),
                      both.size() == 1 ? "" : ", ...", "): make sure that they are other people");
}

SplitTables SplitExternal(const v1::Evaluate& evaluate, absl::Span<const v1::SampleTable> tables) {
  SplitTables split;
  for (const v1::SampleTable& table : tables) {
    (IsExternal(evaluate, table.cohort()) ? split.external : split.trained).push_back(table);
  }
  return split;
}

absl::Status CheckExternalRows(const v1::ExperimentSpec& spec,
                               absl::Span<const v1::SampleTable> external) {
  if (external.empty()) return absl::OkStatus();
  GYRUS_ASSIGN_OR_RETURN(const Samples samples, MergeRows(spec, external));
  for (const v1::Arm& arm : spec.arms()) {
    GYRUS_RETURN_IF_ERROR(Annotate(CheckColumns(spec, ResolveArm(spec, arm), samples),
                                   absl::StrCat("evaluate.external: arm '", arm.name(), "'")));
  }
  return absl::OkStatus();
}

absl::Status AddExternal(absl::Span<const v1::SampleTable> external, v1::Plan& plan) {
  const v1::ExperimentSpec& spec = plan.spec();
  if (external.empty()) return absl::OkStatus();
  GYRUS_ASSIGN_OR_RETURN(const Samples samples, MergeTables(spec, external));
  for (const v1::ArmPlan& arm : plan.arms()) {
    GYRUS_RETURN_IF_ERROR(Annotate(CheckArm(spec, arm, samples),
                                   absl::StrCat("evaluate.external: arm '", arm.name(), "'")));
  }
  AddSamples(samples, *plan.mutable_external());
  return absl::OkStatus();
}

}  // namespace gyrus

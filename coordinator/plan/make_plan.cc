#include "coordinator/plan/make_plan.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/plan/arm_plan.h"
#include "coordinator/plan/fit.h"
#include "coordinator/plan/groups.h"
#include "coordinator/plan/proof.h"
#include "coordinator/plan/samples.h"
#include "coordinator/plan/split.h"
#include "coordinator/plan/targets.h"
#include "coordinator/plan/trials.h"
#include "core/spec/target.h"
#include "core/spec/task.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

constexpr char kUnstratified[] = "none";

absl::Status AddArms(const Samples& samples, const PlanTools& tools, v1::Plan& plan) {
  std::set<std::string> names;
  for (const v1::Arm& arm : plan.spec().arms()) {
    if (!names.insert(arm.name()).second) {
      return absl::InvalidArgumentError(absl::StrCat("arms: '", arm.name(), "' comes twice"));
    }
    GYRUS_ASSIGN_OR_RETURN(*plan.add_arms(), PlanArm(plan.spec(), arm, samples, tools));
    GYRUS_RETURN_IF_ERROR(CheckTargets(plan.spec(), samples, plan.arms().rbegin()->task()));
  }
  if (names.empty()) return absl::InvalidArgumentError("arms: there is none");
  return absl::OkStatus();
}

// What the folds are to share the distribution of: the target, or a column of
// numbers. Absent: not known of the sample.
std::optional<double> StratumOf(const v1::ExperimentSpec& spec, const v1::Sample& sample) {
  const std::string& column = spec.split().kfold().stratify();
  if (column == TargetOf(spec.task())) return TargetOfSample(sample, spec.task());
  const auto found = sample.numbers().find(column);
  return found == sample.numbers().end() ? std::nullopt : std::optional(found->second);
}

// For each group the mean over its samples; where nothing is known, over all.
absl::StatusOr<std::vector<double>> StrataOf(const v1::ExperimentSpec& spec, const Samples& samples,
                                             const std::vector<Group>& groups) {
  std::vector<double> strata(groups.size());
  const std::string& column = spec.split().kfold().stratify();
  if (column == kUnstratified) return strata;
  if (column != TargetOf(spec.task())) {
    GYRUS_RETURN_IF_ERROR(Annotate(CheckNumbers(spec, samples, column), "split.kfold.stratify"));
  }
  const auto mean_of = [&](const Group& group, double otherwise) {
    std::vector<double> values;
    for (const uint32_t i : group) {
      if (const auto value = StratumOf(spec, samples[i])) values.push_back(*value);
    }
    return Mean(values).value_or(otherwise);
  };
  Group all(samples.size());
  std::iota(all.begin(), all.end(), 0u);
  const double mean = mean_of(all, 0);
  for (size_t g = 0; g < groups.size(); ++g) strata[g] = mean_of(groups[g], mean);
  return strata;
}

absl::Status AddSplit(const Samples& samples, v1::Plan& plan) {
  const v1::Split& split = plan.spec().split();
  GYRUS_ASSIGN_OR_RETURN(const std::vector<Group> groups,
                         GroupSamples(samples, split.kfold().group()));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> strata, StrataOf(plan.spec(), samples, groups));
  GYRUS_ASSIGN_OR_RETURN(std::vector<v1::Fold> folds, SplitGroups(split, groups, strata));
  plan.mutable_folds()->Assign(folds.begin(), folds.end());
  GYRUS_RETURN_IF_ERROR(ProveDisjoint(plan));
  plan.set_split_hash(SplitHash(plan));
  return absl::OkStatus();
}

// Of classes that a fold does not test.
void AddClassWarnings(const PlannedTrial& trial, v1::Plan& plan) {
  const auto& classes = trial.arm->task().classification().classes();
  const std::vector<double> tested = KnownTargetsOf(plan, *trial.arm, trial.fold->test());
  for (int c = 0; c < classes.size(); ++c) {
    if (std::count(tested.begin(), tested.end(), static_cast<double>(c)) > 0) continue;
    plan.add_warnings(absl::StrCat("arm ", trial.arm->name(), ": repeat ", trial.fold->repeat(),
                                   " fold ", trial.fold->fold(), " tests no item of class ",
                                   classes[c], ": what counts those is n/a there"));
  }
}

void AddWarnings(const PlanTools& tools, v1::Plan& plan) {
  for (std::string& warning : tools.warnings(plan.spec())) plan.add_warnings(std::move(warning));
  for (const v1::Fold& fold : plan.folds()) {
    if (fold.test_size() > 1) continue;
    plan.add_warnings(absl::StrCat("repeat ", fold.repeat(), " fold ", fold.fold(),
                                   " tests one sample: it has neither R2 nor a correlation"));
  }
  for (const PlannedTrial& trial : TrialsOf(plan)) AddClassWarnings(trial, plan);
}

}  // namespace

absl::StatusOr<v1::Plan> MakePlan(const v1::ExperimentSpec& spec,
                                  absl::Span<const v1::SampleTable> tables,
                                  const PlanTools& tools) {
  GYRUS_ASSIGN_OR_RETURN(const Samples samples, MergeTables(spec, tables));
  GYRUS_RETURN_IF_ERROR(CheckNoTwins(spec, samples));
  v1::Plan plan;
  *plan.mutable_spec() = spec;
  GYRUS_RETURN_IF_ERROR(AddArms(samples, tools, plan));
  for (const v1::Sample& sample : samples) {
    v1::Sample& planned = *plan.add_samples();
    planned = sample;
    for (v1::Image& image : *planned.mutable_images()) image.clear_path();
  }
  std::set<std::string> digests;
  for (const v1::SampleTable& table : tables) digests.insert(table.digest());
  plan.mutable_table_digests()->Assign(digests.begin(), digests.end());
  GYRUS_RETURN_IF_ERROR(AddSplit(samples, plan));
  for (const PlannedTrial& trial : TrialsOf(plan)) {
    GYRUS_RETURN_IF_ERROR(FitToTraining(plan, trial).status());
  }
  AddWarnings(tools, plan);
  return plan;
}

}  // namespace gyrus

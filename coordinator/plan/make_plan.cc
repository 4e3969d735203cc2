#include "coordinator/plan/make_plan.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/plan/arm_plan.h"
#include "coordinator/plan/groups.h"
#include "coordinator/plan/proof.h"
#include "coordinator/plan/samples.h"
#include "coordinator/plan/split.h"
#include "coordinator/plan/trials.h"
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
    const std::string& target = plan.arms().rbegin()->task().regression().target();
    GYRUS_RETURN_IF_ERROR(CheckTarget(plan.spec(), samples, target));
  }
  if (names.empty()) return absl::InvalidArgumentError("arms: there is none");
  return absl::OkStatus();
}

// For each group the mean of what the folds are to share the distribution of.
absl::StatusOr<std::vector<double>> StrataOf(const v1::ExperimentSpec& spec, const Samples& samples,
                                             const std::vector<Group>& groups) {
  std::vector<double> strata(groups.size());
  const std::string& column = spec.split().kfold().stratify();
  if (column == kUnstratified) return strata;
  GYRUS_RETURN_IF_ERROR(Annotate(CheckNumbers(spec, samples, column), "split.kfold.stratify"));
  for (size_t g = 0; g < groups.size(); ++g) {
    std::vector<double> values;
    for (const uint32_t i : groups[g]) values.push_back(samples[i].numbers().at(column));
    strata[g] = Mean(values).value_or(0);
  }
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

void AddWarnings(const PlanTools& tools, v1::Plan& plan) {
  for (std::string& warning : tools.warnings(plan.spec())) plan.add_warnings(std::move(warning));
  for (const v1::Fold& fold : plan.folds()) {
    if (fold.test_size() > 1) continue;
    plan.add_warnings(absl::StrCat("repeat ", fold.repeat(), " fold ", fold.fold(),
                                   " tests one sample: it has neither R2 nor a correlation"));
  }
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
    GYRUS_RETURN_IF_ERROR(FitOutput(plan, trial).status());
  }
  AddWarnings(tools, plan);
  return plan;
}

}  // namespace gyrus

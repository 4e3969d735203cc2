#include "coordinator/plan/stage_plans.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/plan/arm_plan.h"
#include "coordinator/plan/groups.h"
#include "coordinator/plan/proof.h"
#include "coordinator/plan/samples.h"
#include "coordinator/plan/split.h"
#include "coordinator/plan/strata.h"
#include "core/spec/arm.h"
#include "core/spec/channels.h"
#include "core/spec/stages.h"

namespace gyrus {
namespace {

using Keys = std::set<std::string>;
using Labels = std::set<std::string>;  // Their channels.

// Returns the keys of a sample. Two samples that share a key are of one person.
std::vector<std::string> PersonOf(const v1::Sample& sample, const Labels& labels) {
  std::vector<std::string> keys = {absl::StrCat("subject ", sample.subject_key())};
  if (!sample.family_key().empty()) keys.push_back(absl::StrCat("family ", sample.family_key()));
  for (const v1::Image& image : sample.images()) {
    if (labels.contains(image.channel())) continue;
    keys.push_back(absl::StrCat("image ", image.voxel_digest()));
  }
  return keys;
}

// Returns the keys of all samples that a fold tests or selects on.
Keys HeldOutBy(const v1::Plan& plan, const v1::Fold& fold, const Labels& labels) {
  Keys keys;
  for (const auto* part : {&fold.test(), &fold.validation()}) {
    for (const uint32_t index : *part) {
      for (std::string& key : PersonOf(plan.samples(static_cast<int>(index)), labels)) {
        keys.insert(std::move(key));
      }
    }
  }
  return keys;
}

bool IsHeldOut(const v1::Sample& sample, const Labels& labels, const Keys& held_out) {
  const std::vector<std::string> person = PersonOf(sample, labels);
  return std::any_of(person.begin(), person.end(),
                     [&](const std::string& key) { return held_out.contains(key); });
}

// By group: whether one of its samples is held out.
std::vector<bool> HeldOutGroups(const Samples& samples, const std::vector<Group>& groups,
                                const Labels& labels, const Keys& held_out) {
  std::vector<bool> left_out;
  for (const Group& group : groups) {
    left_out.push_back(std::any_of(group.begin(), group.end(), [&](uint32_t index) {
      return IsHeldOut(samples[index], labels, held_out);
    }));
  }
  return left_out;
}

// `per_fold`: an earlier training has one for each fold; set where this one does.
absl::StatusOr<std::vector<v1::Fold>> TrainingFolds(const v1::ExperimentSpec& spec,
                                                    const Samples& samples, const v1::Plan& tested,
                                                    bool& per_fold) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<Group> groups, GroupSamples(samples, "subject"));
  GYRUS_ASSIGN_OR_RETURN(const Strata strata, StrataOf(spec, kByTarget, samples, groups));
  Labels labels = LabelChannels(spec);
  labels.merge(LabelChannels(tested.spec()));
  std::vector<std::vector<bool>> left_out;
  for (const v1::Fold& fold : tested.folds()) {
    left_out.push_back(HeldOutGroups(samples, groups, labels, HeldOutBy(tested, fold, labels)));
    per_fold |= std::count(left_out.back().begin(), left_out.back().end(), true) > 0;
  }
  std::vector<v1::Fold> folds;
  const int count = per_fold ? tested.folds_size() : 1;
  for (int i = 0; i < count; ++i) {
    const v1::Fold& fold = tested.folds(i);
    GYRUS_ASSIGN_OR_RETURN(
        folds.emplace_back(),
        SplitTraining(spec.split(), groups, strata, left_out[i], fold.repeat(), fold.fold()));
  }
  return folds;
}

// Returns the arm of an earlier stage whose weights `arm` starts from; empty if none.
std::string ParentOf(const v1::ArmPlan& arm, const v1::Plan& tested) {
  for (const v1::StagePlan& stage : tested.earlier()) {
    if (stage.name() == arm.init().stage()) return stage.arms().at(arm.name());
  }
  return "";
}

// Adds the arm, or finds the one that would train the same.
std::string AddArm(v1::ArmPlan arm, const v1::Plan& tested, v1::Plan& plan) {
  for (const v1::ArmPlan& there : plan.arms()) {
    if (ParentOf(arm, tested) != ParentOf(there, tested)) continue;
    const std::string name = std::exchange(*arm.mutable_name(), there.name());
    if (arm.SerializeAsString() == there.SerializeAsString()) return there.name();
    arm.set_name(name);
  }
  *plan.add_arms() = std::move(arm);
  return plan.arms().rbegin()->name();
}

// The names of the arms that start from the weights of this stage.
std::set<std::string> DependentArms(const v1::ExperimentSpec& spec, int number) {
  std::set<std::string> dependent;
  const std::string name = StageName(spec, number);
  for (int later = number + 1; later < StageCount(spec); ++later) {
    const v1::ExperimentSpec alone = SpecOfStage(spec, later);
    for (const v1::Arm& arm : alone.arms()) {
      if (ResolveArm(alone, arm).init().stage() == name) dependent.insert(arm.name());
    }
  }
  return dependent;
}

absl::StatusOr<v1::StagePlan> PlanStage(const v1::ExperimentSpec& spec, int number,
                                        absl::Span<const v1::SampleTable> all_tables,
                                        NetworkCostOfArm network_cost, const v1::Plan& tested,
                                        bool& per_fold) {
  v1::StagePlan stage;
  stage.set_name(StageName(spec, number));
  v1::Plan& plan = *stage.mutable_plan();
  *plan.mutable_spec() = SpecOfStage(spec, number);
  const std::vector<v1::SampleTable> tables = TablesOf(plan.spec(), all_tables);
  GYRUS_ASSIGN_OR_RETURN(const Samples samples, MergeTables(plan.spec(), tables));
  const std::set<std::string> dependent = DependentArms(spec, number);
  for (const v1::Arm& arm : plan.spec().arms()) {
    if (!dependent.contains(arm.name())) continue;
    GYRUS_ASSIGN_OR_RETURN(v1::ArmPlan arm_plan, PlanArm(plan.spec(), arm, samples, network_cost));
    (*stage.mutable_arms())[arm.name()] = AddArm(std::move(arm_plan), tested, plan);
  }
  AddSamples(samples, *plan.mutable_samples());
  AddTables(tables, plan);
  GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::Fold> folds,
                         TrainingFolds(plan.spec(), samples, tested, per_fold));
  plan.mutable_folds()->Assign(folds.begin(), folds.end());
  plan.set_split_hash(SplitHash(plan));
  return stage;
}

}  // namespace

std::vector<v1::SampleTable> TablesOf(const v1::ExperimentSpec& spec,
                                      absl::Span<const v1::SampleTable> tables) {
  std::vector<v1::SampleTable> of;
  for (const v1::SampleTable& table : tables) {
    const bool wanted =
        std::any_of(spec.cohorts().begin(), spec.cohorts().end(),
                    [&](const v1::Cohort& cohort) { return cohort.name() == table.cohort(); });
    if (wanted) of.push_back(table);
  }
  return of;
}

absl::Status AddEarlierStages(const v1::ExperimentSpec& spec,
                              absl::Span<const v1::SampleTable> tables,
                              NetworkCostOfArm network_cost, v1::Plan& plan) {
  bool per_fold = false;
  for (int number = 0; number + 1 < StageCount(spec); ++number) {
    absl::StatusOr<v1::StagePlan> stage =
        PlanStage(spec, number, tables, network_cost, plan, per_fold);
    if (!stage.ok()) {
      return Annotate(stage.status(), absl::StrCat("stage ", StageName(spec, number)));
    }
    // A stage on which no arm depends is not trained.
    if (!stage->plan().arms().empty()) *plan.add_earlier() = *std::move(stage);
  }
  return absl::OkStatus();
}

}  // namespace gyrus

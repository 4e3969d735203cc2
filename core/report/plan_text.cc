#include "core/report/plan_text.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "common/digest.h"
#include "core/report/sample_summary.h"
#include "core/report/samples_text.h"
#include "core/report/text_table.h"
#include "core/spec/fold_name.h"
#include "core/spec/task.h"
#include "core/spec/train_views.h"

namespace gyrus {
namespace {

std::string Mebibytes(uint64_t bytes) { return absl::StrFormat("%.1f", bytes / 1048576.0); }

size_t SubjectsOf(const google::protobuf::RepeatedPtrField<v1::Sample>& samples) {
  std::set<std::string> subjects;
  for (const v1::Sample& sample : samples) subjects.insert(sample.subject_key());
  return subjects.size();
}

std::string Head(const v1::Plan& plan) {
  const v1::KFold& kfold = plan.spec().split().kfold();
  return absl::StrCat(plan.spec().name(), ": ", plan.samples_size(), " samples of ",
                      SubjectsOf(plan.samples()), " subjects; arms ", plan.arms_size(), " x folds ",
                      kfold.k(), " x repeats ", kfold.repeats(), " = ",
                      plan.arms_size() * plan.folds_size(), " trials\n");
}

// "external: 4 samples of 2 subjects, which no fold has and every network predicts".
std::string External(const v1::Plan& plan) {
  if (plan.external().empty()) return "";
  return absl::StrCat("external: ", plan.external_size(), " samples of ",
                      SubjectsOf(plan.external()),
                      " subjects, which no fold has and every network predicts\n");
}

// "before them, stage pretrain: 14 samples, once for all folds; arms T1w; 1 trial".
std::string EarlierStages(const v1::Plan& plan) {
  std::string text;
  for (const v1::StagePlan& stage : plan.earlier()) {
    const v1::Plan& earlier = stage.plan();
    std::vector<std::string> arms;
    for (const v1::ArmPlan& arm : earlier.arms()) arms.push_back(arm.name());
    absl::StrAppend(&text, "before them, stage ", stage.name(), ": ", earlier.samples_size(),
                    " samples, ",
                    earlier.folds_size() == 1 ? "once for all folds"
                                              : "for each fold without those that it holds out",
                    "; arms ", absl::StrJoin(arms, ", "), "; trials ",
                    earlier.arms_size() * earlier.folds_size(), "\n");
  }
  return text;
}

// Prints the hash of the split, by which two runs on the same split are recognised.
std::string SplitLines(const v1::Plan& plan) {
  const v1::Split& split = plan.spec().split();
  const std::string& group = split.kfold().group();
  const bool more = group != "subject" && group != "family";
  return absl::StrCat("split ", Hex(plan.split_hash()), ", proved free of leaks\n",
                      "  kept together: subject, family", more ? ", " : "", more ? group : "",
                      "; stratified by: ", split.kfold().stratify(),
                      "; validation: ", split.validation().fraction(), "; seed: ", split.seed(),
                      "\n");
}

// The mean, SD and range of a number, the counts of classes.
std::string TargetsIn(const v1::Plan& plan, const v1::Task& task,
                      absl::Span<const uint32_t> samples) {
  const std::vector<double> targets = TargetsOfSamples(plan, task, samples);
  if (!HasClass(task)) return SummaryCell(SummaryOfNumbers(targets));
  std::vector<int64_t> counts;
  for (int c = 0; c < task.classification().classes_size(); ++c) {
    counts.push_back(std::count(targets.begin(), targets.end(), static_cast<double>(c)));
  }
  return absl::StrJoin(counts, "/");
}

// "cohort a: n 20, 3.1 +- 1.2 [0, 7.5]". A cohort whose numbers are of another unit or
// another kind of people shows here.
std::string CohortTable(const v1::Plan& plan, const v1::Task& task) {
  if (!HasNumber(task)) return "";
  TextTable table({"cohort", "n", "mean", "SD", "least", "most"});
  for (const CohortTargets& cohort : TargetsByCohort(plan, task)) {
    const NumberSummary& targets = cohort.targets;
    table.AddRow({absl::StrCat(cohort.cohort, cohort.external ? " (external)" : ""),
                  absl::StrCat(targets.n), ShortNumber(targets.mean), ShortNumber(targets.sd),
                  ShortNumber(targets.least), ShortNumber(targets.most)});
  }
  return table.ToString();
}

// "target age in months", "classes of outcome: normal/adverse".
std::string TargetLine(const v1::Task& task) {
  if (HasClass(task)) {
    return absl::StrCat("classes of ", TargetOf(task), ": ",
                        absl::StrJoin(task.classification().classes(), "/"), "\n");
  }
  if (!HasNumber(task)) return "no number to predict\n";
  return absl::StrCat("target ", TargetOf(task), UnitOf(task).empty() ? "" : " in ", UnitOf(task),
                      "\n");
}

bool NamesTestedGroups(const v1::Plan& plan) {
  return std::any_of(plan.folds().begin(), plan.folds().end(),
                     [&](const v1::Fold& fold) { return !TestedGroups(plan, fold).empty(); });
}

// Sizes of the parts of each fold, the arm's targets in them, and the sites or other
// groups that it tests.
std::string FoldTable(const v1::Plan& plan, const v1::ArmPlan& arm) {
  const std::string what = HasClass(arm.task()) ? "classes" : "mean +- SD [range]";
  std::vector<std::string> head = {"fold", "train", what, "validation", what, "test", what};
  const bool names_groups = NamesTestedGroups(plan);
  if (names_groups) head.push_back(absl::StrCat("tests ", plan.spec().split().kfold().group()));
  TextTable table(head);
  for (const v1::Fold& fold : plan.folds()) {
    std::vector<std::string> row = {FoldName(fold.repeat(), fold.fold())};
    for (const auto* part : {&fold.train(), &fold.validation(), &fold.test()}) {
      row.push_back(absl::StrCat(part->size()));
      row.push_back(TargetsIn(plan, arm.task(), *part));
    }
    if (names_groups) row.push_back(GroupsCell(TestedGroups(plan, fold)));
    table.AddRow(row);
  }
  return absl::StrCat(TargetLine(arm.task()), CohortTable(plan, arm.task()), table.ToString());
}

// About how many multiply-adds the longest training of an arm does: a backward pass
// costs about two forward passes.
double WorkOfTrial(const v1::Plan& plan, const v1::ArmPlan& arm) {
  int items = 0;
  for (const v1::Fold& fold : plan.folds()) items = std::max(items, fold.train_size());
  return 3.0 * static_cast<double>(arm.network().macs()) * items * arm.train().epochs();
}

std::string ArmTable(const v1::Plan& plan) {
  TextTable table({"arm", "channels", "input", "parameters", "MiB", "GMAC/item", "TMAC/trial",
                   "MiB/item", "batch", "leaf", "ranks"});
  std::string notes;
  for (const v1::ArmPlan& arm : plan.arms()) {
    const v1::NetworkCost& cost = arm.network();
    const uint32_t slices = TrainViews(arm).count();  // 0 if items are volumes.
    const uint64_t items = std::max(1u, slices);
    if (slices > 0) {
      absl::StrAppend(&notes, "An item that ", arm.name(), " trains on is one of ", slices,
                      " slices of a sample.\n");
    }
    table.AddRow({arm.name(), absl::StrJoin(arm.channels(), "+"),
                  absl::StrJoin(arm.input_shape(), "x"), absl::StrCat(cost.parameters()),
                  Mebibytes(cost.parameter_bytes()),
                  absl::StrFormat("%.2f", cost.macs() / items / 1e9),
                  ShortNumber(WorkOfTrial(plan, arm) / 1e12),
                  Mebibytes(cost.activation_bytes() / items), absl::StrCat(arm.train().batch()),
                  absl::StrCat(arm.train().leaf()), absl::StrJoin(arm.world_sizes(), ", ")});
  }
  return absl::StrCat(
      table.ToString(),
      "MiB: of weights, and of activations an item; ranks: slots_per_trial with the "
      "same bits.\n"
      "GMAC: 10^9 multiply-adds of one forward pass; TMAC: about 10^12 of the longest training. "
      "How long they take depends on the machine; a run tells the time left once steps are "
      "timed.\n",
      notes);
}

}  // namespace

std::string DescribePlan(const v1::Plan& plan) {
  std::string text = absl::StrCat(Head(plan), External(plan), EarlierStages(plan), SplitLines(plan),
                                  MissingValuesLine(plan));
  std::set<std::string> targets;
  for (const v1::ArmPlan& arm : plan.arms()) {
    if (!targets.insert(TargetLine(arm.task())).second) continue;
    absl::StrAppend(&text, "\n", FoldTable(plan, arm));
  }
  const std::string people = PeopleTable(plan);
  if (!people.empty()) absl::StrAppend(&text, "\n", people);
  absl::StrAppend(&text, "\n", ArmTable(plan));
  for (const std::string& warning : plan.warnings()) {
    absl::StrAppend(&text, "warning: ", warning, "\n");
  }
  return text;
}

}  // namespace gyrus

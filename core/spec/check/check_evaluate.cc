#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/spec/arm.h"
#include "core/spec/check/check_parts.h"
#include "core/spec/metric.h"
#include "core/spec/task.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

std::vector<v1::ArmPlan> ArmsOf(const v1::ExperimentSpec& spec) {
  std::vector<v1::ArmPlan> arms;
  for (const v1::Arm& arm : spec.arms()) arms.push_back(ResolveArm(spec, arm));
  return arms;
}

bool AnyGives(const std::vector<v1::ArmPlan>& arms, OutputKind output) {
  return std::any_of(arms.begin(), arms.end(),
                     [output](const v1::ArmPlan& arm) { return HasOutput(arm.task(), output); });
}

// Where no arm has a task, another check reports that.
bool AnyHasTask(const std::vector<v1::ArmPlan>& arms) {
  for (const OutputKind output : {OutputKind::kNumber, OutputKind::kClass,
                                  OutputKind::kSegmentation, OutputKind::kReconstruction}) {
    if (AnyGives(arms, output)) return true;
  }
  return false;
}

void CheckMetrics(const v1::Evaluate& evaluate, const std::vector<v1::ArmPlan>& arms,
                  Problems& problems) {
  std::set<int> seen;
  for (int i = 0; i < evaluate.metrics_size(); ++i) {
    const v1::Metric metric = evaluate.metrics(i);
    const std::string path = absl::StrCat("evaluate.metrics.", i);
    if (!seen.insert(metric).second) {
      problems.Add(path, absl::StrCat(Quoted(NameOf(metric)), " is there twice"));
    } else if (AnyHasTask(arms) && !AnyGives(arms, OutputKindOf(metric))) {
      problems.Add(path,
                   absl::StrCat(Quoted(NameOf(metric)), " is of a ", NameOf(OutputKindOf(metric)),
                                ", and no arm's task outputs one"));
    }
  }
}

// Adds a problem where something about errors is asked and no arm outputs a number.
void NeedNumbers(const std::vector<v1::ArmPlan>& arms, const std::string& path,
                 Problems& problems) {
  if (!AnyHasTask(arms) || AnyGives(arms, OutputKind::kNumber)) return;
  problems.Add(path, "is of errors of a number, and no arm's task outputs one");
}

void CheckAlphas(const v1::Evaluate& evaluate, Problems& problems) {
  std::set<double> seen;
  for (int i = 0; i < evaluate.cs_size(); ++i) {
    const std::string path = absl::StrCat("evaluate.cs.", i);
    if (evaluate.cs(i) < 0) {
      problems.Add(path, absl::StrCat("must be at least 0, is ", evaluate.cs(i)));
    }
    if (!seen.insert(evaluate.cs(i)).second) {
      problems.Add(path, absl::StrCat(evaluate.cs(i), " is there twice"));
    }
  }
}

void CheckGroups(const v1::NumberGroups& groups, Problems& problems) {
  const auto& edges = groups.edges();
  if (groups.by().empty()) {
    problems.Add("evaluate.groups", "by is missing: the column of numbers");
  }
  const bool rise =
      std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>()) == edges.end();
  if (edges.size() < 2 || !rise) {
    problems.Add(edges.empty() ? "evaluate.groups" : "evaluate.groups.edges",
                 "edges must be two numbers or more, each above the one before: [0, 1, 2, 6]");
  }
}

void CheckColumns(const v1::Evaluate& evaluate, Problems& problems) {
  std::set<std::string> seen;
  for (int i = 0; i < evaluate.by_size(); ++i) {
    const std::string path = absl::StrCat("evaluate.by.", i);
    const std::string& column = evaluate.by(i);
    // Groups of one subject each would say nothing.
    if (column == "subject" || column == "session" || column == "family") {
      problems.Add(path, absl::StrCat(Quoted(column),
                                      " groups no subjects; take site, or a "
                                      "column of the manifest"));
    }
    if (!seen.insert(column).second) {
      problems.Add(path, absl::StrCat(Quoted(column), " is there twice"));
    }
    if (column == evaluate.groups().by()) {
      problems.Add(path, absl::StrCat(Quoted(column), " is grouped by evaluate.groups already"));
    }
  }
}

// The order of the classes counts too: results number them by their place.
bool SameTarget(const v1::Task& a, const v1::Task& b) {
  const auto& first = a.classification().classes();
  const auto& second = b.classification().classes();
  return TargetOf(a) == TargetOf(b) && HasNumber(a) == HasNumber(b) &&
         std::equal(first.begin(), first.end(), second.begin(), second.end());
}

// Arms can be compared when all of them have the compared metric, of one target.
void CheckComparable(const v1::Compare& compare, const std::vector<v1::ArmPlan>& arms,
                     Problems& problems) {
  const OutputKind output = OutputKindOf(compare.metric());
  for (const v1::ArmPlan& arm : arms) {
    if (!HasOutput(arm.task(), output)) {
      return problems.Add("evaluate.compare.metric",
                          absl::StrCat(Quoted(NameOf(compare.metric())), " is of a ",
                                       NameOf(output), ", and arm ", arm.name(), " outputs none"));
    }
    if (SameTarget(arm.task(), arms.front().task())) continue;
    return problems.Add(
        "evaluate.compare",
        absl::StrCat("arms ", arms.front().name(), " and ", arm.name(),
                     " have different targets or classes, so they cannot be compared"));
  }
}

void CheckCompare(const v1::Compare& compare, const std::vector<v1::ArmPlan>& arms,
                  Problems& problems) {
  std::vector<std::string> names;
  for (const v1::ArmPlan& arm : arms) names.push_back(arm.name());
  if (compare.with().empty()) {
    return problems.Add("evaluate.compare", "with is missing: the arm to compare the others with");
  }
  if (std::count(names.begin(), names.end(), compare.with()) == 0) {
    return problems.Add("evaluate.compare.with", UnknownWord("arm", compare.with(), names));
  }
  if (arms.size() < 2) {
    return problems.Add("evaluate.compare", "there is only one arm; a comparison needs two");
  }
  CheckComparable(compare, arms, problems);
  // A one-sided test needs a direction in which the metric is better.
  if (BetterOf(compare.metric()) == Better::kNeither &&
      compare.alternative() != v1::ALTERNATIVE_TWO_SIDED) {
    problems.Add("evaluate.compare.alternative",
                 absl::StrCat("must be two_sided: neither a small nor a large '",
                              NameOf(compare.metric()), "' is better"));
  }
}

void CheckExternal(const v1::ExperimentSpec& spec, Problems& problems) {
  const auto& external = spec.evaluate().external();
  std::vector<std::string> cohorts;
  for (const v1::Cohort& cohort : spec.cohorts()) cohorts.push_back(cohort.name());
  std::set<std::string> seen;
  for (int i = 0; i < external.size(); ++i) {
    const std::string path = absl::StrCat("evaluate.external.", i);
    if (std::count(cohorts.begin(), cohorts.end(), external[i]) == 0) {
      problems.Add(path, UnknownWord("cohort", external[i], cohorts));
    } else if (!seen.insert(external[i]).second) {
      problems.Add(path, absl::StrCat(Quoted(external[i]), " is there twice"));
    }
  }
  if (!cohorts.empty() && seen.size() == cohorts.size()) {
    problems.Add("evaluate.external", "names all cohorts; none is left to train on");
  }
}

}  // namespace

void CheckEvaluate(const v1::ExperimentSpec& spec, Problems& problems) {
  const v1::Evaluate& evaluate = spec.evaluate();
  const std::vector<v1::ArmPlan> arms = ArmsOf(spec);
  CheckMetrics(evaluate, arms, problems);
  if (evaluate.sd_ddof() > 1) {
    problems.Add("evaluate.sd_ddof", absl::StrCat("must be 0 or 1, is ", evaluate.sd_ddof()));
  }
  if (!evaluate.cs().empty()) NeedNumbers(arms, "evaluate.cs", problems);
  CheckAlphas(evaluate, problems);
  if (evaluate.has_groups()) {
    NeedNumbers(arms, "evaluate.groups", problems);
    CheckGroups(evaluate.groups(), problems);
  }
  if (!evaluate.by().empty()) NeedNumbers(arms, "evaluate.by", problems);
  CheckColumns(evaluate, problems);
  CheckExternal(spec, problems);
  if (evaluate.has_compare()) CheckCompare(evaluate.compare(), arms, problems);
  if (evaluate.bias_correction() == v1::BIAS_METHOD_NONE) return;
  NeedNumbers(arms, "evaluate.bias_correction", problems);
  if (spec.split().validation().fraction() == 0) {
    problems.Add("evaluate.bias_correction",
                 "is fitted on the validation part of each fold, and split.validation is none");
  }
}

}  // namespace gyrus

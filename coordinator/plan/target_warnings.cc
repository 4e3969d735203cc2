#include "coordinator/plan/target_warnings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "coordinator/plan/samples.h"
#include "coordinator/plan/targets.h"
#include "core/spec/fold_name.h"
#include "core/spec/target.h"
#include "core/spec/task.h"
#include "core/statistics/checks.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

using Sentences = std::vector<std::string>;

constexpr size_t kLeastForQuartiles = 8;
// Below this, the 95% interval of a correlation of 0.5 holds 0.
constexpr size_t kLeastForCorrelation = 10;
constexpr size_t kNamed = 3;

struct Target {
  const v1::Sample* sample = nullptr;
  double value = 0;
};

struct CohortValues {
  std::string cohort;
  std::vector<Target> targets;

  std::vector<double> Values() const {
    std::vector<double> values;
    for (const Target& target : targets) values.push_back(target.value);
    return values;
  }
};

std::string Number(double value) { return absl::StrFormat("%.4g", value); }

// Cohorts with a target, in alphabetical order.
std::vector<CohortValues> CohortsOf(const v1::Plan& plan, const v1::Task& task) {
  std::map<std::string, CohortValues> cohorts;
  for (const auto* samples : {&plan.samples(), &plan.external()}) {
    for (const v1::Sample& sample : *samples) {
      const auto value = TargetOfSample(sample, task);
      if (!value.has_value() || !std::isfinite(*value)) continue;
      const std::string cohort = sample.id().substr(0, sample.id().find('/'));
      cohorts[cohort].cohort = cohort;
      cohorts[cohort].targets.push_back({&sample, *value});
    }
  }
  std::vector<CohortValues> all;
  for (auto& [name, cohort] : cohorts) all.push_back(std::move(cohort));
  return all;
}

// "participants.csv:4 (infants/sub-03/1) 987.4, ... and 3 more".
std::string ListOf(const v1::Plan& plan, const std::vector<Target>& targets) {
  Sentences named;
  for (size_t i = 0; i < std::min(kNamed, targets.size()); ++i) {
    named.push_back(
        absl::StrCat(Describe(plan.spec(), *targets[i].sample), " ", Number(targets[i].value)));
  }
  const size_t more = targets.size() - named.size();
  return absl::StrCat(absl::StrJoin(named, ", "),
                      more > 0 ? absl::StrCat(" and ", more, " more") : "");
}

void AddFarValues(const v1::Plan& plan, const v1::Task& task, const CohortValues& cohort,
                  Sentences& warnings) {
  if (cohort.targets.size() < kLeastForQuartiles) return;
  const std::vector<double> values = cohort.Values();
  const double lower = Percentile(values, 25).value();
  const double upper = Percentile(values, 75).value();
  const double range = upper - lower;
  if (range <= 0) return;  // Nearly all are equal: any other value would be far.
  std::vector<Target> far;
  for (const Target& target : cohort.targets) {
    if (target.value < lower - 3 * range || target.value > upper + 3 * range) {
      far.push_back(target);
    }
  }
  if (far.empty()) return;
  warnings.push_back(absl::StrCat(
      "target ", TargetOf(task), ": ", far.size(), " of ", values.size(), " values of cohort ",
      cohort.cohort, far.size() == 1 ? " is" : " are",
      " far from the others, half of which lie from ", Number(lower), " to ", Number(upper), ": ",
      ListOf(plan, far), "; look for a slip, a code for a missing value or another unit"));
}

// The greatest age that a person reaches, in the unit; absent for other units.
std::optional<double> GreatestAge(absl::string_view unit) {
  constexpr double kYears = 130;
  constexpr std::array<std::pair<absl::string_view, double>, 4> kUnits = {
      {{"year", 1}, {"month", 12}, {"week", 52.2}, {"day", 365.25}}};
  const std::string name = absl::AsciiStrToLower(unit);
  for (const auto& [word, in_a_year] : kUnits) {
    if (absl::StartsWith(name, word)) return kYears * in_a_year;
  }
  return std::nullopt;
}

void AddImpossibleAges(const v1::Plan& plan, const v1::Task& task, const CohortValues& cohort,
                       Sentences& warnings) {
  if (!absl::StartsWith(absl::AsciiStrToLower(TargetOf(task)), "age")) return;
  const std::optional<double> greatest = GreatestAge(UnitOf(task));
  std::vector<Target> impossible;
  for (const Target& target : cohort.targets) {
    if (target.value < 0 || (greatest.has_value() && target.value > *greatest)) {
      impossible.push_back(target);
    }
  }
  if (impossible.empty()) return;
  warnings.push_back(absl::StrCat(
      "target ", TargetOf(task), ": no person is that old: ", impossible.size(), " of ",
      cohort.targets.size(), " values of cohort ", cohort.cohort,
      UnitOf(task).empty() ? "" : absl::StrCat(" under task.regression.unit: ", UnitOf(task)), ": ",
      ListOf(plan, impossible)));
}

// "; is one in years and the other in months? Their medians differ 12.1-fold".
std::string UnitsThatExplain(double ratio) {
  struct Units {
    double ratio;
    const char* smaller;  // The unit of the cohort with the larger numbers.
    const char* larger;
  };
  static constexpr Units kUnits[] = {{365.25, "days", "years"}, {52.18, "weeks", "years"},
                                     {30.44, "days", "months"}, {12, "months", "years"},
                                     {7, "days", "weeks"},      {4.348, "weeks", "months"}};
  for (const Units& units : kUnits) {
    if (std::abs(std::log(ratio / units.ratio)) > std::log(1.25)) continue;
    return absl::StrCat("; their medians differ ", Number(ratio), "-fold: is one in ",
                        units.smaller, " and the other in ", units.larger, "?");
  }
  return "; is their unit the same?";
}

void AddApartCohorts(const v1::Task& task, const CohortValues& a, const CohortValues& b,
                     Sentences& warnings) {
  const std::vector<double> first = a.Values(), second = b.Values();
  const auto [first_least, first_most] = std::minmax_element(first.begin(), first.end());
  const auto [second_least, second_most] = std::minmax_element(second.begin(), second.end());
  if (*first_most >= *second_least && *second_most >= *first_least) return;
  const double first_median = std::abs(Median(first).value());
  const double second_median = std::abs(Median(second).value());
  const double small = std::min(first_median, second_median);
  const std::string units = small > 0
                                ? UnitsThatExplain(std::max(first_median, second_median) / small)
                                : "; is their unit the same?";
  warnings.push_back(absl::StrCat("target ", TargetOf(task), ": the ranges of cohorts ", a.cohort,
                                  " (", Number(*first_least), " to ", Number(*first_most), ") and ",
                                  b.cohort, " (", Number(*second_least), " to ",
                                  Number(*second_most), ") do not meet", units));
}

// Networks answer for those outside of what they were trained on all the same.
void AddOutsideTrained(const v1::Plan& plan, const v1::Task& task, Sentences& warnings) {
  std::vector<double> trained;
  for (const v1::Sample& sample : plan.samples()) {
    const auto value = TargetOfSample(sample, task);
    if (value.has_value()) trained.push_back(*value);
  }
  if (trained.empty()) return;
  const auto [least, most] = std::minmax_element(trained.begin(), trained.end());
  std::vector<Target> outside;
  size_t known = 0;
  for (const v1::Sample& sample : plan.external()) {
    const auto value = TargetOfSample(sample, task);
    if (!value.has_value()) continue;
    ++known;
    if (*value < *least || *value > *most) outside.push_back({&sample, *value});
  }
  if (outside.empty()) return;
  warnings.push_back(absl::StrCat("target ", TargetOf(task), ": ", outside.size(), " of ", known,
                                  " external values lie outside of the range trained on, ",
                                  Number(*least), " to ", Number(*most), ": ",
                                  ListOf(plan, outside), "; the predictions for them are guesses"));
}

bool AsksForSpread(const v1::Evaluate& evaluate) {
  static const auto* const kMetrics = new std::set<int>{
      v1::METRIC_R2, v1::METRIC_PEARSON, v1::METRIC_SPEARMAN, v1::METRIC_GAP_AGE_CORRELATION};
  return std::any_of(evaluate.metrics().begin(), evaluate.metrics().end(),
                     [](int metric) { return kMetrics->contains(metric); });
}

// The folds in which some arm that predicts a number tests at most `most` items that have
// one, and at least `least`.
std::vector<const v1::Fold*> FoldsOfSize(const v1::Plan& plan, size_t least, size_t most) {
  std::vector<const v1::Fold*> folds;
  for (const v1::Fold& fold : plan.folds()) {
    const bool any =
        std::any_of(plan.arms().begin(), plan.arms().end(), [&](const v1::ArmPlan& arm) {
          if (!HasNumber(arm.task())) return false;
          const size_t n = KnownTargetsOf(plan, arm, fold.test()).size();
          return n >= least && n <= most;
        });
    if (any) folds.push_back(&fold);
  }
  return folds;
}

std::string NamesOf(const std::vector<const v1::Fold*>& folds, const v1::Plan& plan) {
  if (folds.size() > kNamed) {
    return absl::StrCat(folds.size(), " of ", plan.folds_size(), " folds");
  }
  Sentences names;
  for (const v1::Fold* const fold : folds) {
    names.push_back(FoldInWords(fold->repeat(), fold->fold()));
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

std::vector<std::string> WarningsOfTargets(const v1::Plan& plan) {
  Sentences warnings;
  std::set<std::string> told;
  for (const v1::ArmPlan& arm : plan.arms()) {
    const v1::Task& task = arm.task();
    if (!HasNumber(task) || !told.insert(absl::StrCat(TargetOf(task), "\n", UnitOf(task))).second) {
      continue;
    }
    AddOutsideTrained(plan, task, warnings);
    const std::vector<CohortValues> cohorts = CohortsOf(plan, task);
    for (size_t i = 0; i < cohorts.size(); ++i) {
      AddFarValues(plan, task, cohorts[i], warnings);
      AddImpossibleAges(plan, task, cohorts[i], warnings);
      for (size_t j = i + 1; j < cohorts.size(); ++j) {
        AddApartCohorts(task, cohorts[i], cohorts[j], warnings);
      }
    }
  }
  return warnings;
}

std::vector<std::string> WarningsOfFewItems(const v1::Plan& plan) {
  Sentences warnings;
  const v1::Evaluate& evaluate = plan.spec().evaluate();
  if (evaluate.pool() == v1::POOL_ITEMS || !AsksForSpread(evaluate)) return warnings;
  const auto single = FoldsOfSize(plan, 0, 1);
  if (!single.empty()) {
    warnings.push_back(absl::StrCat(
        NamesOf(single, plan),
        single.size() == 1 ? " tests one sample: it has" : " test one sample each: they have",
        " neither R2 nor a correlation; those of pooled items stand beside the means, and "
        "evaluate.pool: items takes them for tests and intervals too"));
  }
  const auto few = FoldsOfSize(plan, 2, kLeastForCorrelation - 1);
  if (!few.empty()) {
    warnings.push_back(absl::StrCat(
        NamesOf(few, plan), few.size() == 1 ? " tests" : " test", " fewer than ",
        kLeastForCorrelation,
        " items: R2 and correlations of so few say little (two items always correlate with 1 or "
        "-1); those of pooled items stand beside the means, and evaluate.pool: items takes them "
        "for tests and intervals too"));
  }
  return warnings;
}

}  // namespace gyrus

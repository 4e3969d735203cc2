#include "core/report/sample_summary.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/missing.h"
#include "core/report/text_table.h"
#include "core/spec/fold_name.h"
#include "core/spec/target.h"
#include "core/spec/task.h"
#include "core/statistics/checks.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

constexpr size_t kMaxRows = 60;

std::string CohortOf(const v1::Sample& sample) {
  return sample.id().substr(0, sample.id().find('/'));
}

bool IsAge(const std::string& column) {
  return absl::StartsWith(absl::AsciiStrToLower(column), "age");
}

bool IsSex(const std::string& column) {
  const std::string name = absl::AsciiStrToLower(column);
  return name == "sex" || name == "gender";
}

// The target comes first: it is the age that the experiment is about.
std::optional<double> AgeOf(const v1::Plan& plan, const v1::Sample& sample) {
  for (const v1::ArmPlan& arm : plan.arms()) {
    if (!HasNumber(arm.task()) || !IsAge(TargetOf(arm.task()))) continue;
    return TargetOfSample(sample, arm.task());
  }
  std::map<std::string, double> ages;  // In one order on every machine.
  for (const auto& [column, number] : sample.numbers()) {
    if (IsAge(column)) ages[column] = number;
  }
  if (ages.empty()) return std::nullopt;
  return ages.begin()->second;
}

std::string SexOf(const v1::Sample& sample) {
  for (const auto& [column, text] : sample.texts()) {
    if (IsSex(column)) return IsMissing(text) ? "missing" : text;
  }
  return "";
}

std::string SexCell(const SitePeople& people) {
  std::vector<std::string> counts;
  for (const auto& [sex, count] : people.sexes) counts.push_back(absl::StrCat(sex, " ", count));
  return counts.empty() ? "n/a" : absl::StrJoin(counts, ", ");
}

std::vector<uint32_t> AllSamples(const v1::Plan& plan) {
  std::vector<uint32_t> all;
  for (int i = 0; i < plan.samples_size(); ++i) all.push_back(static_cast<uint32_t>(i));
  return all;
}

void AddRows(const std::string& fold, const std::vector<SitePeople>& sites,
             std::vector<std::vector<std::string>>& rows) {
  for (const SitePeople& people : sites) {
    rows.push_back({fold, people.site.empty() ? "none" : people.site, absl::StrCat(people.subjects),
                    absl::StrCat(people.samples), SummaryCell(people.age), SexCell(people)});
  }
}

}  // namespace

NumberSummary SummaryOfNumbers(absl::Span<const double> values) {
  NumberSummary summary;
  summary.n = values.size();
  if (values.empty()) return summary;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  summary.least = *least;
  summary.most = *most;
  summary.mean = IfDefined(Mean(values));
  summary.sd = IfDefined(StandardDeviation(values, 1));
  return summary;
}

std::string SummaryCell(const NumberSummary& summary) {
  if (summary.n < 2) return ShortNumber(summary.mean);
  return absl::StrCat(ShortNumber(summary.mean), " +- ", ShortNumber(summary.sd), " [",
                      ShortNumber(summary.least), ", ", ShortNumber(summary.most), "]");
}

std::vector<double> TargetsOfSamples(const v1::Plan& plan, const v1::Task& task,
                                     absl::Span<const uint32_t> samples) {
  std::vector<double> targets;
  for (const uint32_t index : samples) {
    const auto target = TargetOfSample(plan.samples(static_cast<int>(index)), task);
    if (target.has_value()) targets.push_back(*target);
  }
  return targets;
}

std::vector<CohortTargets> TargetsByCohort(const v1::Plan& plan, const v1::Task& task) {
  std::vector<CohortTargets> cohorts;
  for (const auto* samples : {&plan.samples(), &plan.external()}) {
    std::map<std::string, std::vector<double>> targets;
    for (const v1::Sample& sample : *samples) {
      std::vector<double>& of_cohort = targets[CohortOf(sample)];
      const auto target = TargetOfSample(sample, task);
      if (target.has_value()) of_cohort.push_back(*target);
    }
    for (const auto& [cohort, values] : targets) {
      cohorts.push_back({cohort, samples == &plan.external(), SummaryOfNumbers(values)});
    }
  }
  return cohorts;
}

std::vector<SitePeople> PeopleBySite(const v1::Plan& plan, absl::Span<const uint32_t> samples) {
  std::map<std::string, SitePeople> sites;
  std::map<std::string, std::set<std::string>> subjects;
  std::map<std::string, std::vector<double>> ages;
  for (const uint32_t index : samples) {
    const v1::Sample& sample = plan.samples(static_cast<int>(index));
    SitePeople& people = sites[sample.site()];
    people.site = sample.site();
    ++people.samples;
    subjects[sample.site()].insert(sample.subject_key());
    const auto age = AgeOf(plan, sample);
    if (age.has_value()) ages[sample.site()].push_back(*age);
    const std::string sex = SexOf(sample);
    if (!sex.empty()) ++people.sexes[sex];
  }
  std::vector<SitePeople> all;
  for (auto& [site, people] : sites) {
    people.subjects = subjects[site].size();
    people.age = SummaryOfNumbers(ages[site]);
    all.push_back(std::move(people));
  }
  return all;
}

bool DescribesPeople(const v1::Plan& plan) {
  return std::any_of(plan.samples().begin(), plan.samples().end(), [](const v1::Sample& sample) {
    return !sample.site().empty() || !SexOf(sample).empty();
  });
}

std::string PeopleTable(const v1::Plan& plan) {
  if (!DescribesPeople(plan)) return "";
  std::vector<std::vector<std::string>> of_all, of_folds;
  AddRows("all", PeopleBySite(plan, AllSamples(plan)), of_all);
  for (const v1::Fold& fold : plan.folds()) {
    AddRows(FoldName(fold.repeat(), fold.fold()), PeopleBySite(plan, fold.test()), of_folds);
  }
  const bool too_many = of_folds.size() > kMaxRows;
  if (!too_many) of_all.insert(of_all.end(), of_folds.begin(), of_folds.end());
  TextTable table({"tested in", "site", "subjects", "samples", "age", "sex"});
  for (std::vector<std::string>& row : of_all) table.AddRow(std::move(row));
  return absl::StrCat("people by fold and site; age: mean +- SD [range]\n", table.ToString(),
                      too_many ? "  The folds are too many to show here; --json has them.\n" : "");
}

}  // namespace gyrus

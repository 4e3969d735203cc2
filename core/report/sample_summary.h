// Describes the samples of a plan before anything is trained: the targets of each cohort,
// and the people of each site in the test part of a fold.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct NumberSummary {
  size_t n = 0;
  // Absent where there are no numbers. The SD, with n - 1 below, needs two of them.
  std::optional<double> least, most, mean, sd;
};

NumberSummary SummaryOfNumbers(absl::Span<const double> values);

// "5 +- 2.1 [1, 9]": mean, SD and range; "n/a" without numbers, and no SD or range of one.
std::string SummaryCell(const NumberSummary& summary);

// The known targets of the samples with these indices, in their order.
std::vector<double> TargetsOfSamples(const v1::Plan& plan, const v1::Task& task,
                                     absl::Span<const uint32_t> samples);

struct CohortTargets {
  std::string cohort;
  bool external = false;  // Only predicted, see evaluate.external.
  NumberSummary targets;
};

// One entry for each cohort, sorted by name, those that are only predicted last.
std::vector<CohortTargets> TargetsByCohort(const v1::Plan& plan, const v1::Task& task);

struct SitePeople {
  std::string site;  // Empty: samples without a site.
  size_t subjects = 0;
  size_t samples = 0;
  NumberSummary age;
  std::map<std::string, size_t> sexes;  // Samples with each value of the column.
};

// The people among these samples, by site in alphabetical order. Ages are those of a
// target or column whose name begins with "age", sexes those of a column "sex" or
// "gender"; either is empty where the experiment reads no such column.
std::vector<SitePeople> PeopleBySite(const v1::Plan& plan, absl::Span<const uint32_t> samples);

// Whether there is a site or a sex to tell.
bool DescribesPeople(const v1::Plan& plan);

// A table of PeopleBySite() for the test part of each fold; of all folds together where
// there are too many. Empty if there is nothing to tell.
std::string PeopleTable(const v1::Plan& plan);

}  // namespace gyrus

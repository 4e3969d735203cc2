// Describes the samples of a plan for its readers: the values that are missing, and the
// sites or other groups that each fold tests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// How many samples lack a value, of each column that the experiment reads and that
// is empty in some samples but not in all.
std::map<std::string, int> MissingValues(const v1::Plan& plan);

// The same for a terminal: "missing: site 4 of 24, iq 2 of 24\n". Empty: there is none.
std::string MissingValuesLine(const v1::Plan& plan);

// The values of split.kfold.group among the samples that a fold tests, sorted: with
// sites as groups, those whose samples the fold has never seen. Empty where the
// samples are grouped by subject or family, whose names mean nothing to a reader.
std::vector<std::string> TestedGroups(const v1::Plan& plan, const v1::Fold& fold);

// The first of them, for a table: "EU, NAm and 2 more".
std::string GroupsCell(std::vector<std::string> groups);

}  // namespace gyrus

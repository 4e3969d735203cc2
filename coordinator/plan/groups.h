// Groups of samples that must stay on one side of a split, such as the sessions of one
// subject.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/plan/samples.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

// Returns the value of `sample` by which it is grouped under `column` of
// split.kfold.group: `subject`, `family`, `site` or a text column. It is empty where
// the value is missing, also by a word for that (common/missing.h).
std::string GroupValue(const v1::Sample& sample, absl::string_view column);

// Indices into the samples, rising.
using Group = std::vector<uint32_t>;

// The finest partition in which samples of one subject, of one family, or with
// one value under `column` are together; so are those that are linked through
// others. Samples without a site are together when sites are: every image was
// acquired somewhere, so they may be of one site. In another column a missing value
// means that the sample is in no group with others. Ordered by their first sample.
// INVALID_ARGUMENT: `column` is not in the tables, or has no value in any row.
absl::StatusOr<std::vector<Group>> GroupSamples(const Samples& samples, absl::string_view column);

}  // namespace gyrus

// Samples that must stay on one side of a split.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/plan/samples.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

// What `sample` shares with others under `column` of split.kfold.group:
// `subject`, `family`, `site` or a text column. Empty: nothing; so is "n/a",
// which is BIDS' word for a missing value.
std::string GroupValue(const v1::Sample& sample, absl::string_view column);

// Indices into the samples, rising.
using Group = std::vector<uint32_t>;

// The finest partition in which samples of one subject, of one family, or with
// one value under `column` are together; so are those that are linked through
// others. Ordered by their first sample.
// INVALID_ARGUMENT: `column` is not in the tables.
absl::StatusOr<std::vector<Group>> GroupSamples(const Samples& samples, absl::string_view column);

}  // namespace gyrus

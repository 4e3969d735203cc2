// Mean and spread over folds, groups or runs, some of which may have no value.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace gyrus {

// What is undefined is left out of mean and spread, and counted.
struct Summary {
  size_t n = 0;          // Values that are there.
  size_t undefined = 0;  // Values that are n/a; whoever prints the mean says so.
  std::string reason;    // Of the first that is n/a.
  absl::StatusOr<double> mean{};
  absl::StatusOr<double> sd{};
  uint32_t ddof = 1;  // 0: of these runs; 1: of the runs that there could be.
};

// FAILED_PRECONDITION counts as n/a; another error is returned as it is.
absl::StatusOr<Summary> SummaryOf(absl::Span<const absl::StatusOr<double>> values, uint32_t ddof);

// "0.7500 (0.2500), n = 4, 1 n/a: one class". For reading.
std::string ToText(const Summary& summary);

}  // namespace gyrus

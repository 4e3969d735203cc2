// The mean and the spread of a statistic over folds, groups or runs, in some of which it
// may be undefined.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"

namespace gyrus {

// Undefined values are left out of mean and spread, and counted.
struct Summary {
  size_t n = 0;          // How many values are defined.
  size_t undefined = 0;  // How many are not; whoever prints the mean must say so.
  std::string reason;    // The reason of the first that is undefined.
  Defined<double> mean{};
  Defined<double> sd{};
  uint32_t ddof = 1;  // 0: of these runs; 1: of the runs that there could be.
};

// An undefined value counts as n/a; the error of a value is returned as it is.
absl::StatusOr<Summary> SummaryOf(absl::Span<const Defined<double>> values, uint32_t ddof);

// "0.7500 (0.2500), n = 4, 1 n/a: one class". For reading.
std::string ToText(const Summary& summary);

}  // namespace gyrus

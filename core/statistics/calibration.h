// Measures whether predicted probabilities of class 1 agree with how often class 1
// occurs. All are undefined without items. Besides the errors of checks.h, it is
// INVALID_ARGUMENT if a probability is outside [0, 1].
#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "core/statistics/defined.h"

namespace gyrus {

// The mean of (probability - label)^2.
Defined<double> BrierScore(absl::Span<const int> labels, absl::Span<const double> probabilities);

// The mean of -log(probability of the label). Probabilities are kept 2^-52 away from 0
// and 1.
Defined<double> LogLoss(absl::Span<const int> labels, absl::Span<const double> probabilities);

struct ReliabilityBin {
  double lower = 0;
  double upper = 0;
  size_t n = 0;
  // Undefined: the bin is empty.
  Defined<double> mean_probability{};
  Defined<double> share_positive{};
};

// Bins of equal width, closed on the right; the first one holds 0 too.
// INVALID_ARGUMENT: besides, `bins` is 0.
Defined<std::vector<ReliabilityBin>> ReliabilityBins(absl::Span<const int> labels,
                                                     absl::Span<const double> probabilities,
                                                     size_t bins = 10);

// The expected calibration error (ECE): the mean over the items of
// |share positive - mean probability| of their bin.
Defined<double> ExpectedCalibrationError(absl::Span<const int> labels,
                                         absl::Span<const double> probabilities, size_t bins = 10);

}  // namespace gyrus

// Whether predicted probabilities of class 1 are right as probabilities.
// n/a without items. INVALID_ARGUMENT: besides checks.h, a probability is
// outside [0, 1].
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace gyrus {

// mean (probability - label)^2
absl::StatusOr<double> BrierScore(absl::Span<const int> labels,
                                  absl::Span<const double> probabilities);

// mean -log(probability of the label), probabilities kept 2^-52 from 0 and 1.
absl::StatusOr<double> LogLoss(absl::Span<const int> labels,
                               absl::Span<const double> probabilities);

struct ReliabilityBin {
  double lower = 0;
  double upper = 0;
  size_t n = 0;
  // n/a: nobody is in it.
  absl::StatusOr<double> mean_probability{};
  absl::StatusOr<double> share_positive{};
};

// Bins of equal width, closed on the right; the first holds 0 too.
// INVALID_ARGUMENT: besides, no bins.
absl::StatusOr<std::vector<ReliabilityBin>> ReliabilityBins(absl::Span<const int> labels,
                                                            absl::Span<const double> probabilities,
                                                            size_t bins = 10);

// ECE: the mean over items of |share positive - mean probability| of their bin.
absl::StatusOr<double> ExpectedCalibrationError(absl::Span<const int> labels,
                                                absl::Span<const double> probabilities,
                                                size_t bins = 10);

}  // namespace gyrus

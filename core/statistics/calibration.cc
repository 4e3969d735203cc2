#include "core/statistics/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/confusion.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

using Labels = absl::Span<const int>;
using Probabilities = absl::Span<const double>;

DefinedStatus Check(Labels labels, Probabilities probabilities) {
  GYRUS_RETURN_IF_ERROR(CheckLabels(labels, probabilities));
  for (const double p : probabilities) {
    if (p < 0 || p > 1) return absl::InvalidArgumentError(absl::StrCat(p, " is no probability"));
  }
  if (labels.empty()) return Undefined("there are no items");
  return absl::OkStatus();
}

// The least bin whose upper edge is not below p.
size_t BinOf(double p, size_t bins) {
  const double count = static_cast<double>(bins);
  size_t bin = static_cast<size_t>(std::max(0.0, std::ceil(p * count) - 1));
  // p * count rounds; the edges themselves decide.
  if (bin > 0 && p <= static_cast<double>(bin) / count) --bin;
  if (bin + 1 < bins && p > static_cast<double>(bin + 1) / count) ++bin;
  return std::min(bin, bins - 1);
}

}  // namespace

Defined<double> BrierScore(Labels labels, Probabilities probabilities) {
  GYRUS_RETURN_IF_ERROR(Check(labels, probabilities));
  double sum = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    const double error = probabilities[i] - labels[i];
    sum += error * error;
  }
  return sum / static_cast<double>(labels.size());
}

Defined<double> LogLoss(Labels labels, Probabilities probabilities) {
  GYRUS_RETURN_IF_ERROR(Check(labels, probabilities));
  constexpr double kLeast = std::numeric_limits<double>::epsilon();
  double sum = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    const double p = std::clamp(probabilities[i], kLeast, 1 - kLeast);
    sum -= std::log(labels[i] == 1 ? p : 1 - p);
  }
  return sum / static_cast<double>(labels.size());
}

Defined<std::vector<ReliabilityBin>> ReliabilityBins(Labels labels, Probabilities probabilities,
                                                     size_t bins) {
  if (bins == 0) return absl::InvalidArgumentError("there are no bins");
  GYRUS_RETURN_IF_ERROR(Check(labels, probabilities));
  std::vector<std::vector<double>> probabilities_of(bins);
  std::vector<std::vector<double>> labels_of(bins);
  for (size_t i = 0; i < labels.size(); ++i) {
    const size_t bin = BinOf(probabilities[i], bins);
    probabilities_of[bin].push_back(probabilities[i]);
    labels_of[bin].push_back(labels[i]);
  }
  std::vector<ReliabilityBin> result;
  for (size_t bin = 0; bin < bins; ++bin) {
    result.push_back({.lower = static_cast<double>(bin) / static_cast<double>(bins),
                      .upper = static_cast<double>(bin + 1) / static_cast<double>(bins),
                      .n = labels_of[bin].size(),
                      .mean_probability = Mean(probabilities_of[bin]),
                      .share_positive = Mean(labels_of[bin])});
  }
  return result;
}

Defined<double> ExpectedCalibrationError(Labels labels, Probabilities probabilities, size_t bins) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<ReliabilityBin> all,
                         ReliabilityBins(labels, probabilities, bins));
  double sum = 0;
  for (const ReliabilityBin& bin : all) {
    if (bin.n == 0) continue;
    sum += static_cast<double>(bin.n) * std::abs(*bin.share_positive - *bin.mean_probability);
  }
  return sum / static_cast<double>(labels.size());
}

}  // namespace gyrus

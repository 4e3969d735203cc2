#include "core/volume/intensity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/volume/brain_mask.h"
#include "core/volume/same_grid.h"

namespace gyrus {
namespace {

constexpr double kGridTolerance = 1e-3;  // millimetres

// The sum of term(i) over i from 0 to size - 1, in double. Eight sums side by side,
// so that the compiler may use vectors and the order is still the same everywhere.
template <typename Term>
double Sum(size_t size, Term term) {
  std::array<double, 8> sums = {};
  size_t i = 0;
  for (; i + sums.size() <= size; i += sums.size()) {
    for (size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += term(i + lane);
  }
  for (; i < size; ++i) sums[i % sums.size()] += term(i);
  double sum = 0;
  for (const double lane : sums) sum += lane;
  return sum;
}

// numpy's default: linear between the two nearest. `values` are not empty, and
// are reordered.
double Percentile(std::vector<float>& values, double percent) {
  const double position = percent / 100 * static_cast<double>(values.size() - 1);
  const auto low = values.begin() + static_cast<int64_t>(std::floor(position));
  std::nth_element(values.begin(), low, values.end());
  const double part = position - std::floor(position);
  if (part == 0) return *low;
  const double high = *std::min_element(low + 1, values.end());
  return *low + part * (high - *low);
}

absl::Status CheckOneGrid(const Volume& a, const Volume& b) {
  if (a.shape != b.shape) {
    return absl::InvalidArgumentError(
        absl::StrCat("ratio: not on one grid: ", absl::StrJoin(a.shape, " x "), " and ",
                     absl::StrJoin(b.shape, " x ")));
  }
  const double apart = FarthestCornerMm(a.shape, a.affine, b.affine);
  if (!(apart <= kGridTolerance)) {
    return absl::InvalidArgumentError(
        absl::StrCat("ratio: not on one grid: corners are up to ", apart, " mm apart"));
  }
  return absl::OkStatus();
}

absl::Status CheckPercentiles(const v1::Ratio& spec) {
  if (spec.clip_percentiles_size() == 0) return absl::OkStatus();
  const bool good = spec.clip_percentiles_size() == 2 && spec.clip_percentiles(0) >= 0 &&
                    spec.clip_percentiles(0) < spec.clip_percentiles(1) &&
                    spec.clip_percentiles(1) <= 100;
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError("ratio: clip_percentiles are two rising numbers of 0 to 100");
}

// Whether the quotient of two voxels is asked for: both are positive, and inside of
// the brain.
class QuotientPlaces {
 public:
  QuotientPlaces(const Volume& a, const Volume& b, const Volume& mask)
      : a_(a), b_(b), mask_(mask) {}
  bool operator()(size_t i) const {
    return IsInside(mask_.voxels[i]) && a_.voxels[i] > 0 && b_.voxels[i] > 0;
  }

 private:
  const Volume& a_;
  const Volume& b_;
  const Volume& mask_;
};

// Below this, b is too small to divide by.
double GuardOf(const Volume& b, const QuotientPlaces& is_place, const v1::Ratio& spec) {
  if (spec.guard() <= 0) return 0;
  std::vector<float> brain;
  for (size_t i = 0; i < b.size(); ++i) {
    if (is_place(i)) brain.push_back(b.voxels[i]);
  }
  return brain.empty() ? 0 : spec.guard() * Percentile(brain, 50);
}

}  // namespace

absl::StatusOr<Scaling> ZScore(Volume& volume, v1::Inside inside, const Volume& mask) {
  const bool brain_only = inside == v1::INSIDE_BRAIN;
  Voxels& voxels = volume.voxels;
  const auto counts = [&](size_t i) { return !brain_only || IsInside(mask.voxels[i]); };
  size_t first = 0;
  while (first < voxels.size() && !counts(first)) ++first;
  if (first == voxels.size()) {
    return absl::InvalidArgumentError(brain_only ? "zscore: the brain mask is empty"
                                                 : "zscore: no voxels");
  }
  bool is_constant = true;
  for (size_t i = first; i < voxels.size() && is_constant; ++i) {
    is_constant = !counts(i) || voxels[i] == voxels[first];
  }
  if (is_constant) {
    return absl::InvalidArgumentError(absl::StrCat(
        "zscore: every voxel ", brain_only ? "of the brain " : "", "is ", voxels[first]));
  }
  // Two passes in double: the difference of squares in one pass would lose digits for
  // images with a large mean.
  const double n = Sum(voxels.size(), [&](size_t i) { return counts(i) ? 1.0 : 0.0; });
  const double mean =
      Sum(voxels.size(), [&](size_t i) { return counts(i) ? double{voxels[i]} : 0.0; }) / n;
  const double squares = Sum(voxels.size(), [&](size_t i) {
    return counts(i) ? (voxels[i] - mean) * (voxels[i] - mean) : 0.0;
  });
  const Scaling scaling = {.mean = mean, .scale = 1 / std::sqrt(squares / n)};
  for (size_t i = 0; i < voxels.size(); ++i) {
    voxels[i] = counts(i) ? scaling.Apply(voxels[i]) : 0.0f;
  }
  return scaling;
}

absl::StatusOr<Volume> Ratio(const Volume& a, const Volume& b, const Volume& mask,
                             const v1::Ratio& spec) {
  GYRUS_RETURN_IF_ERROR(CheckOneGrid(a, b));
  GYRUS_RETURN_IF_ERROR(CheckOneGrid(a, mask));
  GYRUS_RETURN_IF_ERROR(CheckPercentiles(spec));
  const QuotientPlaces is_place(a, b, mask);
  const double guard = GuardOf(b, is_place, spec);
  Volume ratio = {a.shape, a.affine, {}};
  ratio.voxels.assign(a.size(), 0.0f);
  std::vector<float> quotients;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!is_place(i) || b.voxels[i] < guard) continue;
    ratio.voxels[i] = a.voxels[i] / b.voxels[i];
    quotients.push_back(ratio.voxels[i]);
  }
  if (quotients.empty()) {
    return absl::InvalidArgumentError("ratio: no voxel of the brain is positive in both channels");
  }
  double low = 0;
  double high = *std::max_element(quotients.begin(), quotients.end());
  if (!std::isfinite(high)) {
    return absl::InvalidArgumentError("ratio: a quotient is too large for float32; set a guard");
  }
  if (spec.clip_percentiles_size() == 2) {
    low = Percentile(quotients, spec.clip_percentiles(0));
    high = Percentile(quotients, spec.clip_percentiles(1));
  }
  // Clipping moves no median that lies between the percentiles.
  const bool calibrate = spec.calibrate() == v1::RATIO_CALIBRATION_MEDIAN;
  const double divisor = calibrate ? std::clamp(Percentile(quotients, 50), low, high) : 1;
  if (!(divisor > 0)) {
    return absl::InvalidArgumentError("ratio: the median quotient is zero in float32");
  }
  for (float& q : ratio.voxels) {
    if (q > 0) q = static_cast<float>(std::clamp<double>(q, low, high) / divisor);
  }
  return ratio;
}

}  // namespace gyrus

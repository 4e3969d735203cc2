#include "core/volume/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/volume/brain_mask.h"

namespace gyrus {
namespace {

// Where the Gaussian is cut off, in sigmas; what is beyond weighs less than 1e-4.
constexpr double kGaussianRadius = 4;
constexpr double kExtentTolerance = 1e-3;  // voxels

// e^-x, to 1e-11 of what it is at x = 0. The C library's own may differ in its last
// bit between processors; this is additions and multiplications only.
double ExpOfMinus(double x) {
  if (x > 40) return 0;
  const double y = -x / 256;
  double power = 1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4 * (1 + y / 5 * (1 + y / 6)))));
  for (int doubling = 0; doubling < 8; ++doubling) power *= power;
  return power;
}

// Returns the weights at -radius .. radius, whose sum is 1. With sigma 0 it is the voxel itself.
std::vector<double> Gaussian(double sigma) {
  const int radius = static_cast<int>(std::ceil(kGaussianRadius * sigma));
  std::vector<double> weights(2 * radius + 1, 1.0);
  double sum = 1;
  for (int d = 1; d <= radius; ++d) {
    const double weight = ExpOfMinus(d * d / (2 * sigma * sigma));
    weights[radius - d] = weights[radius + d] = weight;
    sum += 2 * weight;
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// The old voxels that one new voxel is a sum of, from `first` on, with their weights.
struct Taps {
  int64_t first = 0;
  std::vector<float> weights;
};

enum class Smoothing { kWhereCoarser, kNone };

// Smoothing and interpolation of one axis in one step: `from` voxels become
// `to`, each `ratio` as long, around the same centre.
std::vector<Taps> TapsOf(int64_t from, int64_t to, double ratio, Smoothing smoothing) {
  const bool smooth = smoothing == Smoothing::kWhereCoarser && ratio > 1;
  const double sigma = smooth ? 0.5 * std::sqrt(ratio * ratio - 1) : 0;
  const std::vector<double> gaussian = Gaussian(sigma);
  const int64_t radius = static_cast<int64_t>(gaussian.size()) / 2;
  const auto clamp = [from](int64_t i) { return std::clamp<int64_t>(i, 0, from - 1); };
  std::vector<Taps> all(to);
  for (int64_t o = 0; o < to; ++o) {
    const double position = (o - (to - 1) / 2.0) * ratio + (from - 1) / 2.0;
    const double floor = std::floor(position);
    const int64_t left = static_cast<int64_t>(floor);
    Taps& taps = all[o];
    taps.first = clamp(left - radius);
    std::vector<double> weights(clamp(left + 1 + radius) - taps.first + 1, 0.0);
    for (int64_t d = -radius; d <= radius; ++d) {
      const double weight = gaussian[d + radius];
      weights[clamp(left + d) - taps.first] += weight * (1 - (position - floor));
      weights[clamp(left + d + 1) - taps.first] += weight * (position - floor);
    }
    taps.weights.assign(weights.begin(), weights.end());
  }
  return all;
}

// out[i] += weight * in[i]. Alone, so that the compiler may use vectors.
void AddWeighted(const float* __restrict in, float weight, int64_t size, float* __restrict out) {
  for (int64_t i = 0; i < size; ++i) out[i] += weight * in[i];
}

// One axis of an array [outer, from, inner] -> [outer, taps.size(), inner].
void ResampleAxis(const Voxels& in, const std::vector<Taps>& taps, int64_t outer, int64_t from,
                  int64_t inner, Voxels& out) {
  constexpr int64_t kChunk = 4096;  // Voxels of a row; the sums stay in the L1 cache.
  const int64_t to = static_cast<int64_t>(taps.size());
  out.assign(outer * to * inner, 0.0f);
  for (int64_t block = 0; block < outer; ++block) {
    const float* const in_block = in.data() + block * from * inner;
    float* const out_block = out.data() + block * to * inner;
    for (int64_t o = 0; o < to; ++o) {
      for (int64_t begin = 0; begin < inner; begin += kChunk) {
        const int64_t size = std::min(kChunk, inner - begin);
        for (size_t t = 0; t < taps[o].weights.size(); ++t) {
          AddWeighted(in_block + (taps[o].first + t) * inner + begin, taps[o].weights[t], size,
                      out_block + o * inner + begin);
        }
      }
    }
  }
}

// The last axis: neighbours lie side by side, so each output is one sum.
void ResampleRows(const Voxels& in, const std::vector<Taps>& taps, int64_t rows, int64_t from,
                  Voxels& out) {
  const int64_t to = static_cast<int64_t>(taps.size());
  out.resize(rows * to);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t o = 0; o < to; ++o) {
      const float* const values = in.data() + row * from + taps[o].first;
      float sum = 0;
      for (size_t t = 0; t < taps[o].weights.size(); ++t) sum += taps[o].weights[t] * values[t];
      out[row * to + o] = sum;
    }
  }
}

// Along an axis, the old voxel whose centre is nearest to each new one's.
std::vector<int64_t> NearestOf(int64_t from, int64_t to, double ratio) {
  std::vector<int64_t> nearest(to);
  for (int64_t o = 0; o < to; ++o) {
    const double position = (o - (to - 1) / 2.0) * ratio + (from - 1) / 2.0;
    nearest[o] = std::clamp<int64_t>(static_cast<int64_t>(std::floor(position + 0.5)), 0, from - 1);
  }
  return nearest;
}

Affine ResampledAffine(const Volume& volume, const Shape3& shape,
                       const std::array<double, 3>& ratio) {
  Affine affine = volume.affine;
  for (auto& row : affine) {
    for (int axis = 0; axis < 3; ++axis) {
      const double middle = (volume.shape[axis] - 1) / 2.0;
      const double new_middle = (shape[axis] - 1) / 2.0;
      row[3] += row[axis] * (middle - new_middle * ratio[axis]);
      row[axis] *= ratio[axis];
    }
  }
  return affine;
}

struct NewGrid {
  Volume volume;                // Without voxels.
  std::array<double, 3> ratio;  // The ratio of new to old spacing.
};

NewGrid EmptyGrid(const Volume& volume, const std::array<double, 3>& to_mm) {
  const std::array<double, 3> from_mm = SpacingOf(volume.affine);
  const Shape3 to = ResampledShape(volume.shape, from_mm, to_mm);
  std::array<double, 3> ratio;
  for (int axis = 0; axis < 3; ++axis) ratio[axis] = to_mm[axis] / from_mm[axis];
  return {{to, ResampledAffine(volume, to, ratio), {}}, ratio};
}

Volume Interpolated(const Volume& volume, const std::array<double, 3>& to_mm, Smoothing smoothing) {
  auto [resampled, ratio] = EmptyGrid(volume, to_mm);
  const Shape3& from = volume.shape;
  const Shape3& to = resampled.shape;
  const auto taps = [&, &ratio = ratio](int axis) {
    return TapsOf(from[axis], to[axis], ratio[axis], smoothing);
  };
  Voxels x, xy;
  ResampleAxis(volume.voxels, taps(0), 1, from[0], from[1] * from[2], x);
  ResampleAxis(x, taps(1), to[0], from[1], from[2], xy);
  ResampleRows(xy, taps(2), to[0] * to[1], from[2], resampled.voxels);
  return resampled;
}

}  // namespace

Shape3 ResampledShape(const Shape3& shape, const std::array<double, 3>& from_mm,
                      const std::array<double, 3>& to_mm) {
  Shape3 resampled;
  for (int axis = 0; axis < 3; ++axis) {
    const double extent = static_cast<double>(shape[axis]) * from_mm[axis] / to_mm[axis];
    resampled[axis] = std::max<int64_t>(1, std::ceil(extent - kExtentTolerance));
  }
  return resampled;
}

Volume Resample(const Volume& volume, const std::array<double, 3>& to_mm) {
  return Interpolated(volume, to_mm, Smoothing::kWhereCoarser);
}

Volume ResampleMask(const Volume& mask, const std::array<double, 3>& to_mm) {
  Volume resampled = Interpolated(mask, to_mm, Smoothing::kNone);
  for (float& voxel : resampled.voxels) voxel = IsInside(voxel) ? 1.0f : 0.0f;
  return resampled;
}

Volume ResampleNearest(const Volume& volume, const std::array<double, 3>& to_mm) {
  auto [resampled, ratio] = EmptyGrid(volume, to_mm);
  // Labels are taken from the nearest voxel: an interpolated label would be another label.
  std::array<std::vector<int64_t>, 3> nearest;
  for (int axis = 0; axis < 3; ++axis) {
    nearest[axis] = NearestOf(volume.shape[axis], resampled.shape[axis], ratio[axis]);
  }
  resampled.voxels.reserve(nearest[0].size() * nearest[1].size() * nearest[2].size());
  for (const int64_t x : nearest[0]) {
    for (const int64_t y : nearest[1]) {
      for (const int64_t z : nearest[2]) {
        resampled.voxels.push_back(volume.voxels[volume.Index(x, y, z)]);
      }
    }
  }
  return resampled;
}

}  // namespace gyrus

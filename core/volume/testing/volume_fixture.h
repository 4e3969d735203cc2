// Small volumes for tests.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "common/random.h"
#include "core/volume/volume.h"
#include "gmock/gmock.h"

namespace gyrus {

inline Affine Spaced(double x, double y, double z) {
  return {{{x, 0, 0, -30}, {0, y, 0, 5}, {0, 0, z, 11}}};
}

template <typename Value>
Volume Filled(const Shape3& shape, const Affine& affine, Value value) {
  Volume volume = {shape, affine, Voxels(shape[0] * shape[1] * shape[2])};
  for (int64_t i = 0; i < shape[0]; ++i) {
    for (int64_t j = 0; j < shape[1]; ++j) {
      for (int64_t k = 0; k < shape[2]; ++k) volume.voxels[volume.Index(i, j, k)] = value(i, j, k);
    }
  }
  return volume;
}

inline Volume Random(const Shape3& shape, uint64_t seed) {
  RandomStream random(seed, "test");
  return Filled(shape, Spaced(1, 1, 1),
                [&](int, int, int) { return static_cast<float>(1 + random.NextUnit()); });
}

inline Volume RowOf(const std::vector<float>& values) {
  Volume volume = {{1, 1, static_cast<int64_t>(values.size())}, Spaced(1, 1, 1), {}};
  volume.voxels.assign(values.begin(), values.end());
  return volume;
}

inline std::vector<double> Position(const Volume& volume, double i, double j, double k) {
  const auto p = PositionOf(volume.affine, {i, j, k});
  return {p[0], p[1], p[2]};
}

inline testing::Matcher<std::vector<double>> Near(const std::vector<double>& p) {
  return testing::Pointwise(testing::DoubleNear(1e-9), p);
}

}  // namespace gyrus

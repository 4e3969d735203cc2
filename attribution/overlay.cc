#include "attribution/overlay.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/volume/brain_mask.h"

namespace gyrus {
namespace {

constexpr int kZoom = 4;  // Pixels along one side of a voxel.
constexpr int kGap = 8;   // Pixels between planes.

using Colour = std::array<double, 3>;  // Red, green and blue, from 0 to 1.

using Voxel = std::array<int64_t, 3>;

// How one plane of a volume in RAS order (axis 0 runs to the right, 1 to the
// front, 2 upwards) is drawn: which axis runs to the right of the picture, whether
// it is reversed, which axis runs up, and along which axis the plane is chosen.
struct Plane {
  int right;
  bool right_reversed;
  int up;
  int through;
};

constexpr std::array<Plane, 3> kPlanes = {
    Plane{.right = 1, .right_reversed = true, .up = 2, .through = 0},
    Plane{.right = 0, .right_reversed = false, .up = 2, .through = 1},
    Plane{.right = 0, .right_reversed = false, .up = 1, .through = 2},
};

// The voxel of the brain where the map is farthest from zero. Voxels outside of the
// brain do not count: there the map holds only what upsampling spread.
Voxel Farthest(const Volume& mask, const Volume& map) {
  size_t farthest = 0;
  double largest = -1;
  for (size_t i = 0; i < map.size(); ++i) {
    if (!IsInside(mask.voxels[i]) || std::abs(map.voxels[i]) <= largest) continue;
    farthest = i;
    largest = std::abs(map.voxels[i]);
  }
  const int64_t index = static_cast<int64_t>(farthest);
  const int64_t plane = map.shape[1] * map.shape[2];
  return {index / plane, index / map.shape[2] % map.shape[1], index % map.shape[2]};
}

// The intensities that are drawn as black and as white.
struct Window {
  double low = 0;
  double high = 1;
};

// The grey values range from the 1st to the 99th percentile of the brain, so that a few
// bright voxels do not darken the picture.
Window WindowOf(const Volume& volume, const Volume& mask) {
  std::vector<float> brain;
  for (size_t i = 0; i < volume.size(); ++i) {
    if (IsInside(mask.voxels[i])) brain.push_back(volume.voxels[i]);
  }
  if (brain.empty()) return {};
  std::sort(brain.begin(), brain.end());
  const auto at = [&brain](double part) {
    return brain[static_cast<size_t>(part * (brain.size() - 1))];
  };
  const double low = at(0.01), high = at(0.99);
  return {low, high > low ? high : low + 1};
}

// The colour of a voxel with the given grey value (0 to 1) where the map is
// `share` (-1 to 1) of its value farthest from zero.
Colour ColourOf(double grey, double share) {
  const double strength = std::min(1.0, std::abs(share));
  const Colour hot = {1, strength, 0};
  const Colour cold = {0, strength, 1};
  const Colour& colour = share > 0 ? hot : cold;
  const double alpha = 0.75 * strength;
  Colour mixed;
  for (int c = 0; c < 3; ++c) mixed[c] = (1 - alpha) * grey + alpha * colour[c];
  return mixed;
}

// Paints the three planes through the voxel that is farthest from zero, side by side.
class Painter {
 public:
  Painter(const Volume& volume, const Volume& mask, const Volume& map)
      : volume_(volume),
        mask_(mask),
        map_(map),
        centre_(Farthest(mask, map)),
        window_(WindowOf(volume, mask)) {
    farthest_ = std::abs(map.voxels[map.Index(centre_[0], centre_[1], centre_[2])]);
    for (const Plane& plane : kPlanes) {
      picture_.width += static_cast<int>(volume.shape[plane.right]) * kZoom;
      picture_.height = std::max(picture_.height, static_cast<int>(volume.shape[plane.up]) * kZoom);
    }
    picture_.width += kGap * (static_cast<int>(kPlanes.size()) - 1);
    picture_.rgb.assign(size_t{3} * picture_.width * picture_.height, 0);
  }

  Picture Paint() && {
    int left = 0;
    for (const Plane& plane : kPlanes) {
      const int width = static_cast<int>(volume_.shape[plane.right]) * kZoom;
      const int height = static_cast<int>(volume_.shape[plane.up]) * kZoom;
      const int top = (picture_.height - height) / 2;
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) Put(left + x, top + y, At(plane, x / kZoom, y / kZoom));
      }
      left += width + kGap;
    }
    return std::move(picture_);
  }

 private:
  Colour At(const Plane& plane, int64_t right, int64_t down) const {
    std::array<int64_t, 3> at;
    at[plane.through] = centre_[plane.through];
    at[plane.right] = plane.right_reversed ? volume_.shape[plane.right] - 1 - right : right;
    at[plane.up] = volume_.shape[plane.up] - 1 - down;
    const size_t index = volume_.Index(at[0], at[1], at[2]);
    if (!IsInside(mask_.voxels[index])) return {};
    const double grey = (volume_.voxels[index] - window_.low) / (window_.high - window_.low);
    const double share = farthest_ > 0 ? map_.voxels[index] / farthest_ : 0;
    return ColourOf(std::clamp(grey, 0.0, 1.0), share);
  }

  void Put(int x, int y, const Colour& colour) {
    uint8_t* const pixel = &picture_.rgb[3 * (size_t{1} * y * picture_.width + x)];
    for (int c = 0; c < 3; ++c) pixel[c] = static_cast<uint8_t>(std::lround(255 * colour[c]));
  }

  const Volume& volume_;
  const Volume& mask_;
  const Volume& map_;
  const Voxel centre_;
  const Window window_;
  double farthest_ = 0;
  Picture picture_;
};

}  // namespace

Picture Overlay(const Volume& volume, const Volume& mask, const Volume& map) {
  return Painter(volume, mask, map).Paint();
}

}  // namespace gyrus

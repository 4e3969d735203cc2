#include "core/volume/brain_mask.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace gyrus {
namespace {

// The voxels on the twelve edges, sorted. A brain that touches the sides of its grid
// still leaves the edges free.
std::vector<float> EdgeVoxels(const Volume& image) {
  std::vector<float> edges;
  for (int along = 0; along < 3; ++along) {
    const int a = (along + 1) % 3, b = (along + 2) % 3;
    for (const int64_t at_a : {int64_t{0}, image.shape[a] - 1}) {
      for (const int64_t at_b : {int64_t{0}, image.shape[b] - 1}) {
        Shape3 at;
        at[a] = at_a;
        at[b] = at_b;
        for (at[along] = 0; at[along] < image.shape[along]; ++at[along]) {
          edges.push_back(image.voxels[image.Index(at[0], at[1], at[2])]);
        }
      }
    }
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

template <typename Keep>
Volume MaskWhere(const Volume& image, Keep keep) {
  Volume mask = {image.shape, image.affine, Voxels(image.size())};
  std::transform(image.voxels.begin(), image.voxels.end(), mask.voxels.begin(),
                 [&](float voxel) { return keep(voxel) ? 1.0f : 0.0f; });
  return mask;
}

}  // namespace

std::optional<float> BackgroundOf(const Volume& image) {
  const std::vector<float> edges = EdgeVoxels(image);
  if (edges.empty()) return std::nullopt;
  // A value that at least half of a sorted list has stands at one of these places.
  for (const size_t middle : {(edges.size() - 1) / 2, edges.size() / 2}) {
    const auto [first, last] = std::equal_range(edges.begin(), edges.end(), edges[middle]);
    if (2 * static_cast<size_t>(last - first) >= edges.size()) return edges[middle];
  }
  return std::nullopt;
}

Volume MaskAgainst(const Volume& image, float background) {
  return MaskWhere(image, [background](float voxel) { return voxel != background; });
}

Volume FindBrain(absl::Span<const Volume* const> images) {
  std::optional<Volume> brain;
  for (const Volume* const image : images) {
    const std::optional<float> background = BackgroundOf(*image);
    if (!background.has_value()) continue;
    if (!brain.has_value()) {
      brain = MaskAgainst(*image, *background);
      continue;
    }
    for (size_t i = 0; i < image->size(); ++i) {
      if (image->voxels[i] != *background) brain->voxels[i] = 1;
    }
  }
  if (brain.has_value()) return *std::move(brain);
  return MaskWhere(*images.front(), [](float) { return true; });
}

Volume MaskFromFile(Volume image) {
  for (float& voxel : image.voxels) voxel = IsInside(voxel) ? 1.0f : 0.0f;
  return image;
}

int64_t VoxelsInside(const Volume& mask) {
  return std::count_if(mask.voxels.begin(), mask.voxels.end(), IsInside);
}

double ShareInside(const Volume& mask) {
  if (mask.size() == 0) return 0;
  return static_cast<double>(VoxelsInside(mask)) / static_cast<double>(mask.size());
}

}  // namespace gyrus

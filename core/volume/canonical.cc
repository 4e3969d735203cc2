#include "core/volume/canonical.h"

#include <utility>

#include "core/volume/grid_view.h"
#include "core/volume/voxel_copy.h"

namespace gyrus {

Volume ToCanonical(Volume volume) {
  const auto& shape = volume.shape;
  const GridView stored = {shape, volume.affine, 0, {shape[1] * shape[2], shape[2], 1}};
  const GridView view = CanonicalView(stored);
  if (view.affine == stored.affine) return volume;
  Volume canonical = {view.shape, view.affine, Voxels(volume.size())};
  // A volume's voxels are finite already.
  CopyVoxels(reinterpret_cast<const char*>(volume.voxels.data()), {}, view,
             canonical.voxels.data());
  return canonical;
}

}  // namespace gyrus

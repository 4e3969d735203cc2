// One channel of a sample on its way through a recipe.
#pragma once

#include <string>

#include "core/volume/volume.h"

namespace gyrus {

struct Channel {
  std::string name;
  // The voxels are labels, which keep their values: no step may interpolate or
  // scale them.
  bool holds_labels = false;
  Volume volume;
};

}  // namespace gyrus

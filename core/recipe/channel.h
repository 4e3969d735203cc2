// One channel of a sample on its way through a recipe.
#pragma once

#include <optional>
#include <string>

#include "core/volume/volume.h"

namespace gyrus {

struct Channel {
  std::string name;
  // The voxels are labels, which keep their values: no step may interpolate or
  // scale them.
  bool holds_labels = false;
  // What the volume holds outside of everything that was imaged (BackgroundOf in
  // core/volume/brain_mask.h). A crop fills with it; no value stands for zero.
  std::optional<float> background = std::nullopt;
  Volume volume;
};

}  // namespace gyrus

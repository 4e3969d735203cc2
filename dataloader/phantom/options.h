// The options of a synthetic cohort, and their limits.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "core/volume/volume.h"

namespace gyrus {

struct PhantomOptions {
  // The folder that the cohort is written to. It must be new or empty.
  std::string folder;
  int subjects = 24;
  int sites = 3;
  uint64_t seed = 1;
  // Ages are spread evenly over this range, also within each site.
  double youngest_years = 20;
  double oldest_years = 80;
  // The number of voxels towards Right, Anterior and Superior, and the distance between
  // them in millimetres.
  Shape3 size = {48, 56, 48};
  double spacing_mm = 3.5;
};

// INVALID_ARGUMENT: an option is outside of its limits. The message has its name, its
// value and the limits.
absl::Status CheckPhantomOptions(const PhantomOptions& options);

}  // namespace gyrus

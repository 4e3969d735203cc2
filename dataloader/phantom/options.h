// What a synthetic cohort is asked to be.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "core/volume/volume.h"

namespace gyrus {

struct PhantomOptions {
  // Where it is written: a new or an empty folder.
  std::string folder;
  int subjects = 24;
  int sites = 3;
  uint64_t seed = 1;
  // Ages are spread evenly over this range, also within each site.
  double youngest_years = 20;
  double oldest_years = 80;
  // Voxels along Right, Anterior, Superior, and millimetres between them.
  Shape3 size = {48, 56, 48};
  double spacing_mm = 3.5;
};

// INVALID_ARGUMENT: an option is outside what phantoms are made for; names it,
// its value and what is taken.
absl::Status CheckPhantomOptions(const PhantomOptions& options);

}  // namespace gyrus

// ITK's own way to an image in memory.
#pragma once

#include <cstddef>
#include <string>

namespace gyrus {

// Reads `path` as float32, as it lies in the file: no turn to RAS, which Gyrus
// does besides. Returns the number of voxels.
size_t ReadWithItk(const std::string& path);

}  // namespace gyrus

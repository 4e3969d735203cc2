// The image of a safetensors file in memory, which is then written to the disk.
#pragma once

#include "absl/status/status.h"
#include "common/file_writer.h"
#include "models/device.h"
#include "models/weights/safetensors.h"

namespace gyrus {

// Copies the tensors, which are on `device`, into `image`, which keeps its memory
// from one call to the next. RESOURCE_EXHAUSTED: no memory. Others are those of
// WriteSafetensors.
absl::Status MakeTensorImage(const NamedTensors& tensors, const Device& device, DiskBuffer& image);

}  // namespace gyrus

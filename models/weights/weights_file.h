// Weights of others, ready for a network.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/weights/safetensors.h"

namespace gyrus {

struct LoadedWeights {
  NamedTensors tensors;  // float32, without holes, on the CPU, with memory of their own.
  std::string format;    // "PyTorch" or "safetensors".
  // For people: what was unwrapped, left aside, or of another type than float32.
  std::vector<std::string> notes;
};

// Errors are those of ParseWeightViews. RESOURCE_EXHAUSTED: out of memory.
absl::StatusOr<LoadedWeights> ParseWeights(absl::string_view bytes);

// Likewise; errors have the path. Codes of absl::ErrnoToStatus for a file that
// cannot be read. The file may not shrink meanwhile.
absl::StatusOr<LoadedWeights> ReadWeights(const std::string& path);

}  // namespace gyrus

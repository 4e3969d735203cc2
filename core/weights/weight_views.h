// Reads a weight file that another program wrote, PyTorch or safetensors, and gives
// its tensors by name without copying them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/weights/tensor_view.h"

namespace gyrus {

struct WeightViews {
  std::string format;              // "PyTorch" or "safetensors".
  std::vector<NamedView> tensors;  // By name.
  // For people: what was unwrapped, left aside or changed on the way to float32.
  std::vector<std::string> notes;

  // Memory that tensors may view besides the file's bytes.
  std::map<std::string, std::string> storages;
};

// Decides by content. `bytes` must outlive the result. `num_batches_tracked`,
// the counters of batch normalisation, are no weights and left aside.
//
// Errors are those of ParseTorchFile and ParseSafetensorsViews.
// INVALID_ARGUMENT: neither format, or no weights in it.
absl::StatusOr<WeightViews> ParseWeightViews(absl::string_view bytes);

}  // namespace gyrus

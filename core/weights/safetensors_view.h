// Reads the header of a safetensors file (the weight file of Hugging Face) and finds
// its tensors, without copying them.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/weights/tensor_view.h"

namespace gyrus {

// In the order of the header; they look into `bytes`.
// DATA_LOSS: cut short or damaged; so are tensors that overlap and bytes that
// belong to none. UNIMPLEMENTED: a type that ElementType has not.
// INVALID_ARGUMENT: more axes than weights have.
absl::StatusOr<std::vector<NamedView>> ParseSafetensorsViews(absl::string_view bytes);

}  // namespace gyrus

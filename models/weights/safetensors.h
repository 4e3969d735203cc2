// Named float32 tensors in a file that other tools read.
#pragma once

#include <torch/types.h>

#include <map>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// By name, so that equal tensors give equal bytes.
using NamedTensors = std::map<std::string, torch::Tensor>;

// Gives the bytes of a safetensors file to `write`, piece by piece and without
// a copy of the data: 8 bytes header length, a JSON header padded with spaces so
// that the data starts at a multiple of 64, then the tensors by name. Tensors
// are float32, contiguous, on the CPU. Stops at the first error of `write`.
absl::Status WriteSafetensors(const NamedTensors& tensors,
                              absl::FunctionRef<absl::Status(absl::string_view)> write);

// Copies the data into tensors of its own.
// DATA_LOSS: cut short or damaged; so are tensors that overlap and bytes that
// belong to none. UNIMPLEMENTED: a type other than F32.
absl::StatusOr<NamedTensors> ParseSafetensors(absl::string_view bytes);

}  // namespace gyrus

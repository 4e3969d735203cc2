// The names of Python that a weight file may use, and what they make of their
// arguments. Nothing is imported or executed: each is a few lines of our own.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/weights/pickle_value.h"

namespace gyrus {

// INVALID_ARGUMENT: any other name, with what the file should hold instead.
absl::StatusOr<PickleGlobal> FindTorchGlobal(absl::string_view module, absl::string_view name);

// Returns the value of `function` for the tuple `arguments`.
// INVALID_ARGUMENT: arguments that torch.save does not write.
absl::StatusOr<PickleValue> CallTorchGlobal(const PickleTree& tree, const PickleGlobal& function,
                                            const PickleTuple& arguments);

// The storage that a persistent id names: ("storage", class, key, device, elements).
// INVALID_ARGUMENT: any other.
absl::StatusOr<PickleStorage> StorageOf(const PickleTree& tree, const PickleValue& id);

}  // namespace gyrus

// The identity of a worker, which stays the same when the worker is restarted.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace gyrus {

struct WorkerIdentity {
  std::string id;            // 8 letters and digits, made once.
  uint64_t incarnation = 0;  // Rises with each start; from 1.
};

// Reads FOLDER/id, or makes it, raises the incarnation and makes that durable.
// DATA_LOSS: the file is damaged.
absl::StatusOr<WorkerIdentity> NextIncarnation(const std::string& folder);

}  // namespace gyrus

// The interface through which a training gets its volumes. The trainer's
// implementation streams them from data loaders; tests keep them in memory.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

struct LoadedItem {
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;  // The purpose of the request.
  uint32_t position = 0;
  std::string item;
  std::string volume_id;
  // [channels, x, y, z], float32, its own memory on the host; label images last.
  torch::Tensor volume;
};

// Returns items in the order in which they were requested. One thread.
class ItemSource {
 public:
  virtual ~ItemSource() = default;

  // Requests these positions of an epoch, which may be none. The source may begin to
  // fetch them.
  virtual void Queue(v1::Purpose purpose, uint32_t epoch, std::vector<uint32_t> positions) = 0;

  // Cancels all requests whose items have not been returned yet.
  virtual void Drop() = 0;

  // Returns the next requested item. Blocks.
  // UNAVAILABLE: the loader cannot be reached. Other errors are the loader's.
  virtual absl::StatusOr<LoadedItem> Next() = 0;
};

}  // namespace gyrus

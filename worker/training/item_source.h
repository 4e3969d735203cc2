// Where a training gets its volumes from.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

struct LoadedItem {
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;  // That it was asked for.
  uint32_t position = 0;
  std::string item;
  std::string volume_id;
  // [channels, x, y, z], float32, its own memory on the host; label images last.
  torch::Tensor volume;
};

// Gives items in the order in which they were asked for. One thread.
class ItemSource {
 public:
  virtual ~ItemSource() = default;

  // Asks for these positions of an epoch, which may be none; the source may begin
  // to fetch them.
  virtual void Queue(v1::Purpose purpose, uint32_t epoch, std::vector<uint32_t> positions) = 0;

  // Forgets what was asked for and has not been given.
  virtual void Drop() = 0;

  // The next item asked for. Blocks.
  // UNAVAILABLE: the loader cannot be reached. Others are the loader's.
  virtual absl::StatusOr<LoadedItem> Next() = 0;
};

}  // namespace gyrus

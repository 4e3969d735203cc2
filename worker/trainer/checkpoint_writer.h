// Checkpoints on the worker's disk: whole or absent.
//
//   checkpoints/epoch-0007/weights.safetensors
//                          optimizer.safetensors
//                          checkpoint.pb            v1::Checkpoint
//
// Written as epoch-0007.tmp, synced, then renamed. Older ones go only once a
// newer one is whole.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "common/executor.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "models/safetensors.h"

namespace gyrus {

// Writes on a thread of its own, straight from the live tensors: the weights
// change only in the optimiser's next step, so validation and the next forward
// and backward pass go on meanwhile. One thread calls.
class CheckpointWriter {
 public:
  // `folder` is made if it is missing.
  explicit CheckpointWriter(std::string folder) : folder_(std::move(folder)) {}
  ~CheckpointWriter();

  // Begins to write the checkpoint of `head.epoch()`. The tensors must not
  // change before Wait() returns. When it is whole, those of other epochs than
  // itself and `keep` are removed.
  void Begin(v1::Checkpoint head, NamedTensors weights, NamedTensors optimizer,
             std::set<uint32_t> keep);

  // Waits for what Begin began; OK if that was nothing. The first error stays.
  absl::Status Wait();

  // Relative to the folder: epoch-0007.
  static std::string NameOf(uint32_t epoch);

 private:
  absl::Status Write(v1::Checkpoint head, const NamedTensors& weights,
                     const NamedTensors& optimizer, const std::set<uint32_t>& keep) const;
  absl::Status Prune(const std::set<uint32_t>& keep) const;

  const std::string folder_;
  std::unique_ptr<absl::Notification> written_;
  absl::Status status_;  // Of the writing thread until `written_`.
  Executor thread_{1};
};

}  // namespace gyrus

// Checkpoints on the worker's disk: whole or absent.
//
//   checkpoints/epoch-0007/weights.safetensors
//                          optimizer.safetensors
//                          checkpoint.pb            v1::Checkpoint
//
// Written as epoch-0007.tmp, synced, then renamed. Older ones go only once a
// newer one is whole. Weights that are not finite are not written: those before
// them stay.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/executor.h"
#include "common/file_writer.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "models/weights/safetensors.h"

namespace gyrus {

// Copies the tensors and writes the copy, both on a thread of its own: the
// weights change only in the optimiser's next step, so the copy is taken during
// the forward and backward pass before it, and the disk has the whole epoch.
// Holds one checkpoint in memory. One thread calls.
class CheckpointWriter {
 public:
  // `folder` is made if it is missing.
  explicit CheckpointWriter(std::string folder);
  ~CheckpointWriter();

  // Begins to write the checkpoint of `head.epoch()`, after the one before is
  // whole; fails if that failed. When it is whole, those of other epochs than
  // itself and `keep` are removed.
  absl::Status Begin(v1::Checkpoint head, NamedTensors weights, NamedTensors optimizer,
                     std::set<uint32_t> keep);

  // After this the tensors given to Begin may change.
  void WaitUntilCopied();

  // Waits for what Begin began; OK if that was nothing. The first error stays.
  absl::Status Wait();

  // Relative to the folder: epoch-0007.
  static std::string NameOf(uint32_t epoch);
  // The name of the last whole one in `folder`; empty: there is none, or no folder.
  static absl::StatusOr<std::string> NewestIn(const std::string& folder);

 private:
  struct Job;
  absl::Status Write(Job& job);
  absl::Status Prune(const std::set<uint32_t>& keep) const;

  const std::string folder_;
  std::unique_ptr<Job> job_;
  absl::Status status_;  // Of the writing thread until the job is done.
  // Images of the files, of the writing thread.
  DiskBuffer weights_;
  DiskBuffer optimizer_;
  Executor thread_{1};
};

}  // namespace gyrus

// The interface through which a training saves and finds its resume checkpoints.
#pragma once

#include <optional>
#include <string>

#include "gyrus/v1/record.pb.h"
#include "worker/training/training_state.h"

namespace gyrus {

// Only rank 0 has a store. A store never fails a training: a checkpoint that cannot
// be written is a warning, and it costs time only after an interruption.
// Implementations: resume_store.h (a folder); tests keep checkpoints in memory. One
// thread.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;

  struct Found {
    std::optional<SavedTraining> saved;
    // Where none was found: the reason, for people. It names the checkpoints that were
    // passed over.
    std::string reason;
  };
  // Finds the newest complete checkpoint of this trial that gives the same bits here.
  virtual Found FindNewest() = 0;

  // Whether a checkpoint should be written after the current step.
  virtual bool IsDue() = 0;

  // Begins to write a checkpoint while the training continues. The tensors must not
  // change until WaitUntilCopied() returns.
  virtual void Begin(SavedTraining saved) = 0;
  virtual void WaitUntilCopied() = 0;

  // Waits until the checkpoint that was begun is written or has failed.
  virtual void Wait() = 0;

  // Returns the checkpoint that was completed since the last call, if there is one.
  virtual std::optional<v1::CheckpointWritten> TakeWritten() = 0;
};

}  // namespace gyrus

// Where a training keeps its resume checkpoints.
#pragma once

#include <optional>
#include <string>

#include "gyrus/v1/record.pb.h"
#include "worker/training/training_state.h"

namespace gyrus {

// Rank 0 has one. It never fails a training: a checkpoint that cannot be written is
// a warning and costs time only after an interruption. Implementations:
// resume_store.h (a folder); tests keep checkpoints in memory. One thread.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;

  struct Found {
    std::optional<SavedTraining> saved;
    // Where there is none: why, for people. Names what was passed over.
    std::string reason;
  };
  // The newest whole checkpoint of this trial that would give the same bits here.
  virtual Found FindNewest() = 0;

  // Whether a checkpoint is to be written after the step that is going on.
  virtual bool IsDue() = 0;

  // Begins to write. The tensors must stay as they are until WaitUntilCopied()
  // returns; the writing goes on beside the training.
  virtual void Begin(SavedTraining saved) = 0;
  virtual void WaitUntilCopied() = 0;

  // Waits until what was begun is written, or has failed.
  virtual void Wait() = 0;

  // The checkpoint that became whole since the last call.
  virtual std::optional<v1::CheckpointWritten> TakeWritten() = 0;
};

}  // namespace gyrus

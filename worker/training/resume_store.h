// Resume checkpoints in a folder on the host's disk. A checkpoint is either complete
// or absent, also after a power cut.
//
//   FOLDER/step-0000123-1a2b3c4d/weights.safetensors
//                                optimizer.safetensors   and the average's tensors
//                                kept.safetensors        where an epoch is kept
//                                state.pb                v1::ResumeState
//                                head.pb                 digests of the others
//
// 1a2b3c4d stands for what decides the bits, the trial and the numeric kind, so
// that checkpoints of another kind of host in the same folder stay apart. Written
// as step-0000123-1a2b3c4d.a2.tmp by attempt 2, synced, renamed, read back; only
// then do older ones go. Weights that are not finite are not written: those before
// them stay.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/executor.h"
#include "common/file_writer.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/resume.pb.h"
#include "models/device.h"
#include "worker/training/checkpoint_store.h"

namespace gyrus {

struct ResumeStoreOptions {
  std::string folder;  // The trial's folder; made where it is missing.
  v1::TrialSpec trial;
  std::string numeric_kind;
  uint32_t attempt = 1;
};

// Returns 8 hex digits of the SHA-256 of everything that influences the bits of a
// training.
std::string ResumeIdentity(const v1::TrialSpec& trial, const std::string& numeric_kind);

// Copies the tensors and writes the copy, both on a thread of its own: the weights
// change only in the optimiser's next step, so the copy is taken during the forward
// and backward pass before it. Holds one checkpoint in memory. A checkpoint is due
// every trial.resources.checkpoint_seconds, where that is above 0, and never while
// another is being written. One thread calls; the clock outlives it.
class ResumeStore final : public CheckpointStore {
 public:
  // `device` is the device of the network.
  ResumeStore(ResumeStoreOptions options, const Device& device, const Clock& clock);
  // Waits for the checkpoint that is being written.
  ~ResumeStore() override;

  Found FindNewest() override;
  bool IsDue() override;
  void Begin(SavedTraining saved) override;
  void WaitUntilCopied() override;
  void Wait() override;
  std::optional<v1::CheckpointWritten> TakeWritten() override;

 private:
  struct Job;
  absl::StatusOr<SavedTraining> Read(const std::string& name) const;
  bool IsWriting() const;
  // Runs on the writing thread.
  void Run(Job& job);
  absl::Status Write(Job& job);
  absl::Status WriteFiles(Job& job, const std::string& aside);
  absl::Status Publish(const std::string& aside, uint32_t step);
  absl::Status Prune();

  const ResumeStoreOptions options_;
  const Device& device_;
  const std::string identity_;
  const Clock& clock_;
  absl::Duration last_begun_;
  std::unique_ptr<Job> job_;

  absl::Mutex mu_;
  std::optional<v1::CheckpointWritten> written_ ABSL_GUARDED_BY(mu_);
  // Images of the files. Only the writing thread uses them.
  DiskBuffer weights_;
  DiskBuffer optimizer_;
  Executor thread_{1};
};

}  // namespace gyrus

// The reports of a running training: steps, epochs and their losses.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "gyrus/v1/record.pb.h"

namespace gyrus {

using ReportFn = std::function<absl::Status(v1::Record)>;

// Makes the records of one rank. Rank 0 reports for all; the other ranks only say
// that they started and finished. Steps are collected and reported about once a
// second. Errors are those of `report`. One thread; the clock outlives it.
class Progress {
 public:
  Progress(bool root, ReportFn report, const Clock& clock);

  absl::Status Started(v1::TrainerStarted started);

  // Begins an epoch, or the rest of one, and starts to measure its duration.
  void BeginEpoch(uint32_t epoch);
  // Notes that step `step` is done, on a batch of `items` items.
  absl::Status Step(uint32_t step, double loss, uint32_t items);
  // Reports the steps that have not been reported yet.
  absl::Status FlushSteps();
  // Fills in the number and the duration of the epoch.
  absl::Status Epoch(v1::EpochDone done);

  absl::Status Checkpoint(const v1::CheckpointWritten& written);
  absl::Status Finished(v1::TrainerFinished finished);

 private:
  const bool root_;
  const ReportFn report_;
  const Clock& clock_;
  bool first_step_ = true;
  uint32_t epoch_ = 0;
  absl::Duration epoch_began_;
  absl::Duration steps_since_;
  v1::StepsDone steps_;
};

}  // namespace gyrus

// Where a host keeps the resume checkpoints of its trials, and what each holds.
//
//   FOLDER/EXPERIMENT/ARM+STAGE+r0+f0+s1/step-0000123-1a2b3c4d/head.pb   v1::ResumeHead
//                                                              ...
//
// The folder of a trial outlives the attempts that write to it and the worker that
// started them; several workers of one host may share FOLDER. docs/formats.md has
// the format; worker/training/resume_store.h writes and reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gyrus/v1/resume.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// A folder that holds one whole checkpoint.
struct StepFolder {
  uint32_t step = 0;     // Optimiser steps done.
  std::string identity;  // 8 hex digits: of what decides the bits.

  std::string Name() const;  // "step-0000123-1a2b3c4d"
  // Absent: the name is no such one, or of a checkpoint that is not whole yet.
  static std::optional<StepFolder> Parse(absl::string_view name);
};

// Those in the folder of a trial, the newest first; none where there is no folder.
// Errors are those of common/files.h.
absl::StatusOr<std::vector<StepFolder>> ListStepFolders(const std::string& trial_folder);

// head.pb in a step folder. Its bytes are the message and then the XXH3-128 of it.
// DATA_LOSS: they are damaged.
absl::StatusOr<v1::ResumeHead> ReadResumeHead(const std::string& step_folder);
absl::Status WriteResumeHead(const std::string& step_folder, const v1::ResumeHead& head);

// All trials of a host. Thread-compatible.
class ResumeFolders {
 public:
  explicit ResumeFolders(std::string folder) : folder_(std::move(folder)) {}

  // The folder of a trial; it need not be there.
  std::string FolderOf(absl::string_view experiment_id, absl::string_view trial_id) const;

  // The newest readable checkpoint of each trial. Reads names and heads alone, so
  // it is cheap; whether the other files are whole shows when they are loaded.
  std::vector<v1::HostCheckpoint> List() const;

  // Removes all that is kept of a trial. Absent is fine.
  absl::Status Forget(absl::string_view experiment_id, absl::string_view trial_id) const;

 private:
  std::string folder_;
};

}  // namespace gyrus

// The folders in which a host keeps resume checkpoints. A resume checkpoint holds
// everything that a later attempt of a trial needs to continue the training after an
// interruption.
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
  // Returns nothing where the name has another form, which includes the names of
  // checkpoints that are still being written.
  static std::optional<StepFolder> Parse(absl::string_view name);
};

// Lists the checkpoints in the folder of a trial, the newest first. A folder that
// does not exist has none. Errors are those of common/files.h.
absl::StatusOr<std::vector<StepFolder>> ListStepFolders(const std::string& trial_folder);

// Reads head.pb in a step folder. The file holds the message and then its XXH3-128.
// DATA_LOSS: the file is damaged.
absl::StatusOr<v1::ResumeHead> ReadResumeHead(const std::string& step_folder);
absl::Status WriteResumeHead(const std::string& step_folder, const v1::ResumeHead& head);

// The checkpoints of all trials of a host. Thread-compatible.
class ResumeFolders {
 public:
  explicit ResumeFolders(std::string folder) : folder_(std::move(folder)) {}

  // Returns the path of a trial's folder, which need not exist.
  std::string FolderOf(absl::string_view experiment_id, absl::string_view trial_id) const;

  // Lists the newest readable checkpoint of each trial. It reads only names and
  // heads and is therefore cheap; the other files are verified when they are loaded.
  std::vector<v1::HostCheckpoint> List() const;

  // Removes all checkpoints of a trial. It is no error where there are none.
  absl::Status Forget(absl::string_view experiment_id, absl::string_view trial_id) const;

 private:
  std::string folder_;
};

}  // namespace gyrus

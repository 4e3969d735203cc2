// Writes the files of the run folder that people read: predictions, checkpoints and
// tables of results.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/executor.h"
#include "common/run_folder.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/runtime/artifact_linker.h"
#include "coordinator/runtime/result_builder.h"

namespace gyrus {

// Names what a trial left when the trial ends, and writes the files of the result
// (corrected gaps, predictions of ensembles) when the experiment ends. Whether
// anybody asks for the result makes no difference.
//
// When all files of an experiment that has ended are there, a file
// coordinator/complete/ID says so, and a later start does not look at them again.
//
// Works on one thread of its own, in the order of the calls. Thread-safe; only
// Flush blocks. The references given to the constructor must outlive it.
class ExperimentFiles {
 public:
  ExperimentFiles(const RunFolder& folder, LinkTarget& links, const ResultBuilder& results);

  void TrialEnded(const std::shared_ptr<const ExperimentMachine>& machine, uint32_t trial_number);
  void ExperimentEnded(const std::shared_ptr<const ExperimentMachine>& machine);
  // After a restart: does what the coordinator did not get to before it ended.
  void Recover(const std::shared_ptr<const ExperimentMachine>& machine);

  // Waits until everything that was asked for before has been done.
  void Flush();

 private:
  // On the strand.
  absl::Status Complete(const ExperimentMachine& machine);
  std::string MarkerOf(const ExperimentMachine& machine) const;

  const RunFolder& folder_;
  LinkTarget& links_;
  const ResultBuilder& results_;
  ArtifactLinker linker_;
  Executor strand_{1};  // Last, so that it is drained before the rest goes.
};

}  // namespace gyrus

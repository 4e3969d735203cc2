// The experiments of a run folder that no coordinator serves.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/run_folder.h"
#include "coordinator/ledger/ledger_reader.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/runtime/result_builder.h"
#include "coordinator/vault/vault.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

// Builds the state of all experiments from the ledger, as a coordinator does when it
// starts, but changes nothing and takes no lock: a run that has ended can be looked at
// also where the folder cannot be written. It shows the folder as it was when it was
// opened. Thread-safe.
class RecordedRun {
 public:
  //  * NOT_FOUND: nothing was run in the folder yet.
  //  * The errors of LedgerReader.
  static absl::StatusOr<std::unique_ptr<RecordedRun>> Open(const RunFolder& folder);

  // Without trials; newest first.
  std::vector<v1::ExperimentView> List() const;

  // A trial that was running when the coordinator went away is shown as waiting, and
  // says so. NOT_FOUND: there is no such experiment. The errors of LedgerReader.
  absl::StatusOr<v1::ExperimentView> View(const std::string& experiment_id, bool with_plan) const;

  // Besides NOT_FOUND, the errors of MakeResult and MakeCurves.
  absl::StatusOr<v1::Result> MakeResult(const std::string& experiment_id) const;
  absl::StatusOr<v1::Curves> MakeCurves(const std::string& experiment_id) const;

 private:
  struct Experiment {
    ExperimentMachine machine;
    int64_t last_event_us = 0;  // UTC
  };

  RecordedRun(std::unique_ptr<LedgerReader> reader, std::unique_ptr<const Vault> vault)
      : reader_(std::move(reader)), vault_(std::move(vault)), results_(*vault_, *reader_) {}

  absl::Status Replay(const v1::Event& event);
  absl::StatusOr<const Experiment*> Find(const std::string& experiment_id) const;
  // What is recorded of the newest attempt of a trial.
  absl::Status AddProgress(const std::string& experiment_id, v1::TrialView& trial) const;
  static void MarkStopped(const Experiment& experiment, v1::ExperimentView& view);

  const std::unique_ptr<LedgerReader> reader_;
  const std::unique_ptr<const Vault> vault_;
  const ResultBuilder results_;
  std::map<std::string, Experiment> experiments_;
};

}  // namespace gyrus

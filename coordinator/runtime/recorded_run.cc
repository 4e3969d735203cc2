#include "coordinator/runtime/recorded_run.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/reason/reason.h"
#include "common/status.h"
#include "coordinator/lifecycle/view.h"

namespace gyrus {

absl::StatusOr<std::unique_ptr<RecordedRun>> RecordedRun::Open(const RunFolder& folder) {
  if (access(folder.ledger_file().c_str(), F_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("nothing was run in ", folder.path(), " yet"));
  }
  GYRUS_ASSIGN_OR_RETURN(auto reader, LedgerReader::Open(folder.ledger_file()));
  std::unique_ptr<RecordedRun> run(
      new RecordedRun(std::move(reader), Vault::OpenToRead(folder.vault_folder())));
  GYRUS_RETURN_IF_ERROR(
      run->reader_->Events([&run](const v1::Event& event) { return run->Replay(event); }));
  return run;
}

absl::Status RecordedRun::Replay(const v1::Event& event) {
  const std::string& id = event.experiment_id();
  auto found = experiments_.find(id);
  if (found == experiments_.end()) {
    found = experiments_.emplace(id, Experiment{.machine = ExperimentMachine(id)}).first;
  }
  Experiment& experiment = found->second;
  experiment.last_event_us = std::max(experiment.last_event_us, event.time_us());
  return experiment.machine.Apply(event);
}

absl::StatusOr<const RecordedRun::Experiment*> RecordedRun::Find(
    const std::string& experiment_id) const {
  const auto found = experiments_.find(experiment_id);
  if (found == experiments_.end()) {
    return absl::NotFoundError(absl::StrCat("there is no experiment ", experiment_id));
  }
  return &found->second;
}

void RecordedRun::MarkStopped(const Experiment& experiment, v1::ExperimentView& view) {
  if (experiment.machine.IsTerminal()) return;
  view.set_stopped_us(experiment.last_event_us);
  for (v1::TrialView& trial : *view.mutable_trials()) {
    if (trial.state() != v1::TRIAL_STATE_RUNNING) continue;
    trial.set_state(v1::TRIAL_STATE_PENDING);
    trial.clear_workers();
    *trial.mutable_reason() = MakeReason(v1::REASON_CODE_RUN_STOPPED, "the run was stopped");
  }
}

absl::Status RecordedRun::AddProgress(const std::string& experiment_id,
                                      v1::TrialView& trial) const {
  if (trial.attempt() == 0) return absl::OkStatus();
  GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::EpochPoint> recorded,
                         reader_->Epochs(experiment_id, trial.id()));
  const std::vector<v1::EpochPoint> points = NewestPoints(recorded);
  if (points.empty()) return absl::OkStatus();
  v1::TrialProgress& progress = *trial.mutable_progress();
  progress.set_epoch(points.back().epoch());
  *progress.add_epochs() = points.back();
  return absl::OkStatus();
}

std::vector<v1::ExperimentView> RecordedRun::List() const {
  std::vector<v1::ExperimentView> views;
  for (const auto& [id, experiment] : experiments_) {
    views.push_back(ToSummary(experiment.machine));
    MarkStopped(experiment, views.back());
  }
  std::sort(views.begin(), views.end(),
            [](const v1::ExperimentView& a, const v1::ExperimentView& b) {
              return std::pair(b.submitted_us(), b.id()) < std::pair(a.submitted_us(), a.id());
            });
  return views;
}

absl::StatusOr<v1::ExperimentView> RecordedRun::View(const std::string& experiment_id,
                                                     bool with_plan) const {
  GYRUS_ASSIGN_OR_RETURN(const Experiment* const experiment, Find(experiment_id));
  const ExperimentMachine& machine = experiment->machine;
  v1::ExperimentView view = ToView(machine);
  MarkStopped(*experiment, view);
  for (v1::TrialView& trial : *view.mutable_trials()) {
    GYRUS_RETURN_IF_ERROR(AddProgress(experiment_id, trial));
  }
  if (with_plan && machine.plan() != nullptr) *view.mutable_plan() = *machine.plan();
  return view;
}

absl::StatusOr<v1::Result> RecordedRun::MakeResult(const std::string& experiment_id) const {
  GYRUS_ASSIGN_OR_RETURN(const Experiment* const experiment, Find(experiment_id));
  GYRUS_ASSIGN_OR_RETURN(MadeResult made, results_.Build(experiment->machine));
  return std::move(made.result);
}

absl::StatusOr<v1::Curves> RecordedRun::MakeCurves(const std::string& experiment_id) const {
  GYRUS_ASSIGN_OR_RETURN(const Experiment* const experiment, Find(experiment_id));
  return results_.BuildCurves(experiment->machine);
}

}  // namespace gyrus

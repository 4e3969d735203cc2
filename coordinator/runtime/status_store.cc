#include "coordinator/runtime/status_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/lifecycle/view.h"
#include "core/epoch/views.h"
#include "core/spec/train_views.h"

namespace gyrus {
namespace {

uint32_t StepsOf(const PlannedTrial& trial) {
  const v1::Train& train = trial.arm->train();
  const uint32_t items = ItemCount(trial.fold->train_size(), TrainViews(*trial.arm));
  return train.epochs() * ((items + train.batch() - 1) / train.batch());
}

void AddSteps(const v1::StepsDone& steps, v1::TrialProgress& progress) {
  progress.set_epoch(steps.epoch());
  progress.set_step(steps.first_step() + steps.train_loss_size());
  double sum = 0;
  for (const double loss : steps.train_loss()) sum += loss;
  progress.set_train_loss(sum / steps.train_loss_size());
  if (steps.seconds() <= 0) return;
  progress.set_items_per_second(steps.items() / steps.seconds());
  const double left = static_cast<double>(progress.steps_total()) - progress.step();
  progress.set_seconds_left(std::max(0.0, left) * steps.seconds() / steps.train_loss_size());
}

// Whether there is anything to show. A first attempt that starts at step 0 has no
// progress before its first steps.
bool HasProgress(const v1::Record& record) {
  if (!record.has_started()) return true;
  return record.started().resumed_step() > 0 || !record.started().restart_reason().empty();
}

// The progress shows the newest report of each kind. It is not durable: after a restart it
// is empty until the next report.
void AddRecord(const v1::Record& record, v1::TrialProgress& progress) {
  if (record.has_started()) {
    progress.set_resumed_step(record.started().resumed_step());
    progress.set_restart_reason(record.started().restart_reason());
    progress.set_step(record.started().resumed_step());
  } else if (record.has_steps()) {
    AddSteps(record.steps(), progress);
  } else if (record.has_epoch() && record.epoch().has_validation_loss()) {
    progress.set_validation_loss(record.epoch().validation_loss());
  }
}

void AddResting(const WaitingReasons& waiting,
                google::protobuf::RepeatedPtrField<v1::WorkerView>& views) {
  for (const auto& [worker, reason] : waiting.resting) {
    v1::WorkerView& view = *views.Add();
    view.set_id(worker);
    view.set_connected(true);
    *view.mutable_resting() = reason;
  }
}

}  // namespace

void StatusStore::Notify(const std::string& experiment_id) {
  const auto found = subscribers_.find(experiment_id);
  if (found == subscribers_.end()) return;
  for (const auto& [subscription, changed] : found->second) changed();
}

void StatusStore::Publish(std::shared_ptr<const ExperimentMachine> machine) {
  const std::string id = machine->id();
  absl::MutexLock lock(&mu_);
  Snapshot& snapshot = experiments_[id];
  if (snapshot.progress.size() != machine->trials().size()) {
    snapshot.progress =
        PersistentVector<AttemptProgress>(std::vector<AttemptProgress>(machine->trials().size()));
  }
  snapshot.machine = std::move(machine);
  Notify(id);
}

void StatusStore::PublishWaiting(const WaitingReasons& waiting) {
  auto fresh = std::make_shared<const WaitingReasons>(waiting);
  absl::MutexLock lock(&mu_);
  if (*waiting_ == *fresh) return;
  waiting_ = std::move(fresh);
  for (const auto& [experiment_id, subscribers] : subscribers_) Notify(experiment_id);
}

void StatusStore::PublishWorkers(std::vector<v1::WorkerView> workers) {
  absl::MutexLock lock(&mu_);
  workers_ = std::move(workers);
}

void StatusStore::SetAdmission(const std::string& experiment_id, const v1::Admission& admission) {
  absl::MutexLock lock(&mu_);
  experiments_[experiment_id].admission = admission;
  Notify(experiment_id);
}

void StatusStore::SetProgress(const v1::SpooledRecord& record) {
  const v1::RankId& rank = record.rank();
  if (rank.rank() != 0 || !HasProgress(record.record())) return;
  absl::MutexLock lock(&mu_);
  ChangeProgress(rank, [&record](AttemptProgress& progress) {
    AddRecord(record.record(), progress.progress);
  });
}

void StatusStore::SetWaiting(const v1::RankId& rank, const v1::Reason& reason) {
  absl::MutexLock lock(&mu_);
  ChangeProgress(rank, [&](AttemptProgress& progress) {
    if (reason.code() == v1::REASON_CODE_UNSPECIFIED) {
      progress.waiting.erase(rank.rank());
    } else {
      progress.waiting[rank.rank()] = reason;
    }
    progress.progress.clear_waiting();
    if (!progress.waiting.empty()) {
      *progress.progress.mutable_waiting() = progress.waiting.begin()->second;
    }
  });
}

void StatusStore::ChangeProgress(const v1::RankId& rank,
                                 absl::FunctionRef<void(AttemptProgress&)> change) {
  const auto found = experiments_.find(rank.experiment_id());
  if (found == experiments_.end() || found->second.machine == nullptr) return;
  Snapshot& snapshot = found->second;
  const TrialStatus* const trial = snapshot.machine->FindTrial(rank.trial_id());
  if (trial == nullptr) return;
  AttemptProgress progress = snapshot.progress[trial->number];
  if (rank.attempt() < progress.attempt) return;  // It is over.
  // A new attempt starts with an empty progress.
  if (progress.attempt != rank.attempt()) {
    progress = {.attempt = rank.attempt()};
    progress.progress.set_steps_total(StepsOf((*snapshot.machine->planned())[trial->number]));
  }
  change(progress);
  snapshot.progress.Set(trial->number, std::move(progress));
  Notify(rank.experiment_id());
}

// Only the snapshot is taken under the lock. The view is built afterwards, so that a large
// one does not delay the ledger's thread.
absl::StatusOr<v1::ExperimentView> StatusStore::View(const std::string& experiment_id,
                                                     bool with_plan) const {
  Snapshot snapshot;
  std::shared_ptr<const WaitingReasons> waiting;
  {
    absl::MutexLock lock(&mu_);
    const auto found = experiments_.find(experiment_id);
    if (found != experiments_.end()) snapshot = found->second;
    waiting = waiting_;
  }
  if (snapshot.machine == nullptr) {
    return absl::NotFoundError(absl::StrCat("there is no experiment ", experiment_id));
  }
  const ExperimentMachine& machine = *snapshot.machine;
  v1::ExperimentView view = ToView(machine);
  *view.mutable_admission() = snapshot.admission;
  for (int number = 0; number < view.trials_size(); ++number) {
    v1::TrialView& trial = *view.mutable_trials(number);
    const AttemptProgress& progress = snapshot.progress[number];
    if (progress.attempt > 0 && progress.attempt == trial.attempt()) {
      *trial.mutable_progress() = progress.progress;
    }
    if (trial.state() == v1::TRIAL_STATE_RUNNING && trial.progress().has_waiting()) {
      *trial.mutable_reason() = trial.progress().waiting();
    } else if (trial.progress().has_waiting()) {
      trial.mutable_progress()->clear_waiting();
    }
    if (trial.state() != v1::TRIAL_STATE_PENDING) continue;
    v1::Reason reason = waiting->Of(machine, machine.trials()[number]);
    if (reason.code() != v1::REASON_CODE_UNSPECIFIED) *trial.mutable_reason() = std::move(reason);
  }
  AddResting(*waiting, *view.mutable_resting());
  if (with_plan && machine.plan() != nullptr) *view.mutable_plan() = *machine.plan();
  return view;
}

std::shared_ptr<const ExperimentMachine> StatusStore::Machine(
    const std::string& experiment_id) const {
  absl::MutexLock lock(&mu_);
  const auto found = experiments_.find(experiment_id);
  return found == experiments_.end() ? nullptr : found->second.machine;
}

std::vector<v1::ExperimentView> StatusStore::List() const {
  std::vector<std::shared_ptr<const ExperimentMachine>> machines;
  {
    absl::MutexLock lock(&mu_);
    for (const auto& [id, snapshot] : experiments_) {
      if (snapshot.machine != nullptr) machines.push_back(snapshot.machine);
    }
  }
  std::vector<v1::ExperimentView> views;
  for (const auto& machine : machines) views.push_back(ToSummary(*machine));
  std::sort(views.begin(), views.end(),
            [](const v1::ExperimentView& a, const v1::ExperimentView& b) {
              return std::pair(b.submitted_us(), b.id()) < std::pair(a.submitted_us(), a.id());
            });
  return views;
}

std::vector<v1::WorkerView> StatusStore::Workers() const {
  absl::MutexLock lock(&mu_);
  std::vector<v1::WorkerView> workers = workers_;
  for (v1::WorkerView& worker : workers) {
    const auto resting = waiting_->resting.find(worker.id());
    if (resting != waiting_->resting.end()) *worker.mutable_resting() = resting->second;
  }
  return workers;
}

std::vector<v1::WorkerView> StatusStore::Resting() const {
  std::vector<v1::WorkerView> resting = Workers();
  std::erase_if(resting, [](const v1::WorkerView& worker) { return !worker.has_resting(); });
  return resting;
}

int64_t StatusStore::Subscribe(const std::string& experiment_id, std::function<void()> changed) {
  absl::MutexLock lock(&mu_);
  subscriptions_[++last_subscription_] = experiment_id;
  subscribers_[experiment_id][last_subscription_] = std::move(changed);
  return last_subscription_;
}

void StatusStore::Unsubscribe(int64_t subscription) {
  absl::MutexLock lock(&mu_);
  const auto found = subscriptions_.find(subscription);
  if (found == subscriptions_.end()) return;
  const auto subscribers = subscribers_.find(found->second);
  subscribers->second.erase(subscription);
  if (subscribers->second.empty()) subscribers_.erase(subscribers);
  subscriptions_.erase(found);
}

}  // namespace gyrus

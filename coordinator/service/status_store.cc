#include "coordinator/service/status_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "coordinator/lifecycle/view.h"
#include "coordinator/plan/trials.h"
#include "core/epoch/views.h"
#include "core/spec/train_views.h"

namespace gyrus {
namespace {

uint32_t StepsOf(const v1::Plan& plan, const std::string& trial_id) {
  for (const PlannedTrial& trial : TrialsOf(plan)) {
    if (trial.id != trial_id) continue;
    const v1::Train& train = trial.arm->train();
    const uint32_t items = ItemCount(trial.fold->train_size(), TrainViews(*trial.arm));
    return train.epochs() * ((items + train.batch() - 1) / train.batch());
  }
  return 0;
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

}  // namespace

void StatusStore::Tell(const std::string& experiment_id) {
  for (const auto& [subscription, subscriber] : subscribers_) {
    if (subscriber.first == experiment_id) subscriber.second();
  }
}

void StatusStore::Publish(const std::string& experiment_id, Entry entry) {
  absl::MutexLock lock(&mu_);
  experiments_[experiment_id].entry = std::move(entry);
  Tell(experiment_id);
}

void StatusStore::PublishWorkers(std::vector<v1::WorkerView> workers) {
  absl::MutexLock lock(&mu_);
  workers_ = std::move(workers);
}

void StatusStore::SetAdmission(const std::string& experiment_id, const v1::Admission& admission) {
  absl::MutexLock lock(&mu_);
  experiments_[experiment_id].admission = admission;
  Tell(experiment_id);
}

void StatusStore::SetProgress(const v1::SpooledRecord& record) {
  const v1::RankId& rank = record.rank();
  if (rank.rank() != 0) return;
  absl::MutexLock lock(&mu_);
  const auto found = experiments_.find(rank.experiment_id());
  if (found == experiments_.end() || found->second.entry.machine->plan() == nullptr) return;
  auto& [attempt, progress] = found->second.progress[rank.trial_id()];
  if (attempt != rank.attempt()) {
    attempt = rank.attempt();
    progress.Clear();
    progress.set_steps_total(StepsOf(*found->second.entry.machine->plan(), rank.trial_id()));
  }
  if (record.record().has_steps()) {
    AddSteps(record.record().steps(), progress);
  } else if (record.record().has_epoch() && record.record().epoch().has_validation_loss()) {
    progress.set_validation_loss(record.record().epoch().validation_loss());
  }
  Tell(rank.experiment_id());
}

absl::StatusOr<v1::ExperimentView> StatusStore::View(const std::string& experiment_id,
                                                     bool with_plan) const {
  absl::MutexLock lock(&mu_);
  const auto found = experiments_.find(experiment_id);
  if (found == experiments_.end()) {
    return absl::NotFoundError(absl::StrCat("there is no experiment ", experiment_id));
  }
  const Facts& facts = found->second;
  v1::ExperimentView view = ToView(*facts.entry.machine);
  *view.mutable_admission() = facts.admission;
  for (v1::TrialView& trial : *view.mutable_trials()) {
    const auto progress = facts.progress.find(trial.id());
    if (progress != facts.progress.end() && progress->second.first == trial.attempt()) {
      *trial.mutable_progress() = progress->second.second;
    }
    const auto waiting = facts.entry.waiting.find(trial.id());
    if (waiting != facts.entry.waiting.end()) *trial.mutable_reason() = waiting->second;
  }
  if (with_plan && facts.entry.machine->plan() != nullptr) {
    *view.mutable_plan() = *facts.entry.machine->plan();
  }
  return view;
}

std::shared_ptr<const ExperimentMachine> StatusStore::Machine(
    const std::string& experiment_id) const {
  absl::MutexLock lock(&mu_);
  const auto found = experiments_.find(experiment_id);
  return found == experiments_.end() ? nullptr : found->second.entry.machine;
}

std::vector<v1::ExperimentView> StatusStore::List() const {
  absl::MutexLock lock(&mu_);
  std::vector<v1::ExperimentView> views;
  for (const auto& [id, facts] : experiments_) {
    views.push_back(ToView(*facts.entry.machine));
    views.back().clear_trials();
  }
  std::sort(views.begin(), views.end(),
            [](const v1::ExperimentView& a, const v1::ExperimentView& b) {
              return std::pair(b.submitted_us(), b.id()) < std::pair(a.submitted_us(), a.id());
            });
  return views;
}

std::vector<v1::WorkerView> StatusStore::Workers() const {
  absl::MutexLock lock(&mu_);
  return workers_;
}

int64_t StatusStore::Subscribe(const std::string& experiment_id, std::function<void()> changed) {
  absl::MutexLock lock(&mu_);
  subscribers_[++last_subscription_] = {experiment_id, std::move(changed)};
  return last_subscription_;
}

void StatusStore::Unsubscribe(int64_t subscription) {
  absl::MutexLock lock(&mu_);
  subscribers_.erase(subscription);
}

}  // namespace gyrus

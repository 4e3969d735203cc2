#include "coordinator/state/checkpoint_holders.h"

#include <algorithm>

namespace gyrus {

void CheckpointHolders::Add(const TrialKey& trial, const std::string& worker_id, uint32_t step) {
  steps_[trial][worker_id] = step;
  trials_[worker_id].insert(trial);
}

void CheckpointHolders::RemoveWorker(const std::string& worker_id) {
  const auto worker = trials_.find(worker_id);
  if (worker == trials_.end()) return;
  for (const TrialKey& trial : worker->second) {
    const auto steps = steps_.find(trial);
    steps->second.erase(worker_id);
    if (steps->second.empty()) steps_.erase(steps);
  }
  trials_.erase(worker);
}

std::vector<std::string> CheckpointHolders::RemoveTrial(const TrialKey& trial) {
  std::vector<std::string> workers = Of(trial);
  steps_.erase(trial);
  for (const std::string& worker : workers) {
    const auto trials = trials_.find(worker);
    trials->second.erase(trial);
    if (trials->second.empty()) trials_.erase(trials);
  }
  return workers;
}

std::vector<std::string> CheckpointHolders::Of(const TrialKey& trial) const {
  std::vector<std::string> workers;
  const auto found = steps_.find(trial);
  if (found == steps_.end()) return workers;
  for (const auto& [worker, step] : found->second) workers.push_back(worker);
  const std::map<std::string, uint32_t>& steps = found->second;
  std::stable_sort(
      workers.begin(), workers.end(),
      [&steps](const std::string& a, const std::string& b) { return steps.at(a) > steps.at(b); });
  return workers;
}

}  // namespace gyrus

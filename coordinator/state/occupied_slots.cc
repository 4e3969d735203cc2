#include "coordinator/state/occupied_slots.h"

#include <algorithm>

namespace gyrus {

void OccupiedSlots::Add(const TrialKey& key, const TrialStatus& trial) {
  for (const v1::Placement& placement : trial.gang) {
    workers_[placement.worker_id()][placement.slot()] = key;
  }
}

void OccupiedSlots::Remove(const TrialKey& key, const TrialStatus& trial) {
  for (const v1::Placement& placement : trial.gang) {
    const auto worker = workers_.find(placement.worker_id());
    if (worker == workers_.end()) continue;
    const auto slot = worker->second.find(placement.slot());
    if (slot != worker->second.end() && slot->second == key) worker->second.erase(slot);
    if (worker->second.empty()) workers_.erase(worker);
  }
}

size_t OccupiedSlots::CountOn(const std::string& worker_id) const {
  const auto worker = workers_.find(worker_id);
  return worker == workers_.end() ? 0 : worker->second.size();
}

std::vector<uint32_t> OccupiedSlots::SlotsOn(const std::string& worker_id) const {
  std::vector<uint32_t> slots;
  const auto worker = workers_.find(worker_id);
  if (worker == workers_.end()) return slots;
  for (const auto& [slot, key] : worker->second) slots.push_back(slot);
  return slots;
}

std::set<TrialKey> OccupiedSlots::TrialsOn(const std::string& worker_id) const {
  std::set<TrialKey> trials;
  const auto worker = workers_.find(worker_id);
  if (worker == workers_.end()) return trials;
  for (const auto& [slot, key] : worker->second) trials.insert(key);
  return trials;
}

std::vector<std::string> OccupiedSlots::Workers() const {
  std::vector<std::string> workers;
  for (const auto& [id, slots] : workers_) workers.push_back(id);
  std::sort(workers.begin(), workers.end());
  return workers;
}

}  // namespace gyrus

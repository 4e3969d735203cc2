// An index of resume checkpoints: it knows which workers have one of which trial.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "coordinator/state/occupied_slots.h"

namespace gyrus {

// Soft facts: what workers said since this program started, in Hello and in
// records of CheckpointWritten. They choose a place, and nothing depends on their
// truth. Only trials that can still run, or that have failed, have entries. Thread-compatible.
class CheckpointHolders {
 public:
  // An optimiser step of 0 stands for a checkpoint of which nothing is known.
  void Add(const TrialKey& trial, const std::string& worker_id, uint32_t step);
  // Forgets everything that was known of this worker.
  void RemoveWorker(const std::string& worker_id);
  // Forgets the trial; returns the workers that had a checkpoint of it.
  std::vector<std::string> RemoveTrial(const TrialKey& trial);

  // Worker ids; the one with the most steps comes first.
  std::vector<std::string> Of(const TrialKey& trial) const;

 private:
  absl::flat_hash_map<TrialKey, std::map<std::string, uint32_t>> steps_;  // By worker.
  absl::flat_hash_map<std::string, std::set<TrialKey>> trials_;           // By worker.
};

}  // namespace gyrus

// An index of occupied slots: it knows which trial runs on which slot of which worker.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "coordinator/lifecycle/trial_status.h"

namespace gyrus {

// One trial among all experiments.
struct TrialKey {
  std::string experiment_id;
  uint32_t number = 0;  // As in TrialStatus.
  auto operator<=>(const TrialKey&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const TrialKey& key) {
    return H::combine(std::move(h), key.experiment_id, key.number);
  }
};

// An index of the attempts that run, so that neither a schedule nor the loss of a
// worker needs a look at all trials. A slot is occupied until every rank of the
// attempt has finished. Thread-compatible.
class OccupiedSlots {
 public:
  // `trial` runs. Remove() takes the same arguments.
  void Add(const TrialKey& key, const TrialStatus& trial);
  void Remove(const TrialKey& key, const TrialStatus& trial);

  size_t CountOn(const std::string& worker_id) const;
  // In rising order.
  std::vector<uint32_t> SlotsOn(const std::string& worker_id) const;
  // The trials with a rank on this worker, each once.
  std::set<TrialKey> TrialsOn(const std::string& worker_id) const;
  // Workers on which something runs.
  std::vector<std::string> Workers() const;

 private:
  using Slots = std::map<uint32_t, TrialKey>;
  absl::flat_hash_map<std::string, Slots> workers_;
};

}  // namespace gyrus

// The trials of one plan, found by number and by id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "coordinator/plan/trials.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// Owns a plan together with an index of its trials, which is made once: an
// experiment may have many thousands of them, and each commit of the coordinator
// looks some up. A trial's number is its place in TrialsOf(plan), from 0.
// Immutable, so any thread may read it.
class PlannedTrials {
 public:
  explicit PlannedTrials(std::shared_ptr<const v1::Plan> plan);
  PlannedTrials(const PlannedTrials&) = delete;
  PlannedTrials& operator=(const PlannedTrials&) = delete;

  const std::shared_ptr<const v1::Plan>& plan() const { return plan_; }
  size_t size() const { return trials_.size(); }
  const PlannedTrial& operator[](size_t number) const { return trials_[number]; }
  std::vector<PlannedTrial>::const_iterator begin() const { return trials_.begin(); }
  std::vector<PlannedTrial>::const_iterator end() const { return trials_.end(); }

  // Returns nothing where the plan has no such trial.
  std::optional<uint32_t> NumberOf(absl::string_view id) const;
  // Returns the trial whose weights this one starts from, if there is one.
  std::optional<uint32_t> ParentOf(uint32_t number) const;
  // The trials that start from the weights of this one, not those further on.
  absl::Span<const uint32_t> ChildrenOf(uint32_t number) const;

 private:
  const std::shared_ptr<const v1::Plan> plan_;
  const std::vector<PlannedTrial> trials_;
  absl::flat_hash_map<absl::string_view, uint32_t> numbers_;  // Keys lie in trials_.
  absl::flat_hash_map<uint32_t, std::vector<uint32_t>> children_;
};

}  // namespace gyrus

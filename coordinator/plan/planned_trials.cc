#include "coordinator/plan/planned_trials.h"

#include <utility>

namespace gyrus {

PlannedTrials::PlannedTrials(std::shared_ptr<const v1::Plan> plan)
    : plan_(std::move(plan)), trials_(TrialsOf(*plan_)) {
  numbers_.reserve(trials_.size());
  for (uint32_t number = 0; number < trials_.size(); ++number) {
    numbers_.emplace(trials_[number].id, number);
  }
  for (uint32_t number = 0; number < trials_.size(); ++number) {
    if (const auto parent = ParentOf(number)) children_[*parent].push_back(number);
  }
}

std::optional<uint32_t> PlannedTrials::NumberOf(absl::string_view id) const {
  const auto found = numbers_.find(id);
  return found == numbers_.end() ? std::nullopt : std::make_optional(found->second);
}

std::optional<uint32_t> PlannedTrials::ParentOf(uint32_t number) const {
  const std::string& parent = trials_[number].parent;
  return parent.empty() ? std::nullopt : NumberOf(parent);
}

absl::Span<const uint32_t> PlannedTrials::ChildrenOf(uint32_t number) const {
  const auto found = children_.find(number);
  return found == children_.end() ? absl::Span<const uint32_t>() : found->second;
}

}  // namespace gyrus

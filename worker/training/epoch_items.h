// Which item is trained on at each position of an epoch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/epoch/order.h"
#include "core/epoch/views.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// The order of one epoch of a trial. Thread-compatible; `trial` must outlive it.
class EpochItems {
 public:
  EpochItems(const v1::TrialSpec& trial, uint32_t epoch)
      : trial_(trial),
        order_(EpochOrder(trial.train().seed(), epoch,
                          ItemCount(trial.train_items_size(), trial.train_views()))) {}

  // The sample that the item at this position is, or is a slice of.
  const v1::Item& Sample(uint32_t position) const {
    return trial_.train_items(static_cast<int>(ViewOf(position).sample));
  }
  // "cohort/subject/session", of a slice with "/z17" behind it.
  std::string Name(uint32_t position) const {
    return ItemName(Sample(position).id(), ViewOf(position), trial_.train_views());
  }

 private:
  View ViewOf(uint32_t position) const { return ViewAt(order_[position], trial_.train_views()); }

  const v1::TrialSpec& trial_;
  const std::vector<uint32_t> order_;
};

}  // namespace gyrus

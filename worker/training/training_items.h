// The items that a trial trains on in one epoch, by their position.
#pragma once

#include <cstdint>
#include <string>

#include "core/epoch/item_sequence.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// Thread-compatible; `trial` must outlive it.
class TrainingItems {
 public:
  TrainingItems(const v1::TrialSpec& trial, uint32_t epoch)
      : trial_(trial),
        items_(ItemSequence::Training(trial.train().seed(), epoch, trial.train_items_size(),
                                      trial.train_views())) {}

  // The sample that the item at this position is, or is a slice of.
  const v1::Item& Sample(uint32_t position) const {
    return trial_.train_items(static_cast<int>(items_.At(position).sample));
  }
  // Returns "cohort/subject/session", and for a slice with "/z17" appended.
  std::string Name(uint32_t position) const {
    return items_.NameOf(items_.At(position), Sample(position).id());
  }

 private:
  const v1::TrialSpec& trial_;
  const ItemSequence items_;
};

}  // namespace gyrus

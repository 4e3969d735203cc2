// The losses of an epoch's leaves, and their mean.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "worker/collective/collective.h"

namespace gyrus {

// Thread-compatible.
class LeafLosses {
 public:
  // Adds a leaf: `sum` is the sum of its items' losses, `position` the position of its
  // first item.
  void Add(uint32_t position, double sum) { leaves_.push_back({position, sum}); }

  // Returns the mean loss over the `items` items of all ranks' leaves, added in the
  // order of the epoch, so that the bits do not depend on which rank trained which
  // leaf. All ranks call it together; it begins a new epoch. Errors are those of
  // Collective.
  absl::StatusOr<double> TakeMean(uint32_t items, Collective& collective);

  // Those of this rank, as v1::ResumeState.open_leaf_losses has them; and adding
  // such bytes to this rank's. DATA_LOSS: they are cut short.
  std::string Pack() const;
  absl::Status Unpack(absl::string_view bytes);

 private:
  struct Leaf {
    uint64_t position;
    double sum;
  };
  std::vector<Leaf> leaves_;
};

}  // namespace gyrus

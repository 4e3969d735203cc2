// Which epoch's weights are kept, and whether training goes on.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>

#include "gyrus/v1/resume.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Knows validation losses alone, so that every rank decides the same.
// Thread-compatible.
class Selection {
 public:
  explicit Selection(const v1::Train& train);

  // Epochs come in order, counted from 1. True: the best so far, to be kept. The
  // first epochs of a trailing mean, which have no full window, are not.
  bool Add(uint32_t epoch, double validation_loss);

  // The epoch to keep as things stand; 0: the newest.
  uint32_t kept_epoch() const { return last_ ? 0 : best_epoch_; }
  // No epoch was better for as long as the operator waits.
  bool IsOver() const;

  // What it knows, and taking it over.
  v1::SelectionState Save() const;
  void Load(const v1::SelectionState& state);

 private:
  const bool last_;
  const uint32_t window_;
  const uint32_t patience_;  // 0: for ever.
  std::deque<double> losses_;
  double best_ = std::numeric_limits<double>::infinity();
  uint32_t best_epoch_ = 0;
  uint32_t epoch_ = 0;
};

}  // namespace gyrus

// Selects the epoch whose weights are kept, and decides when to stop early.
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

  // Adds the validation loss of an epoch. Epochs come in order, counted from 1. Returns
  // whether the epoch is the best so far and should be kept; with a trailing mean the
  // first epochs, which have no full window, are not.
  bool Add(uint32_t epoch, double validation_loss);

  // The epoch to keep so far; 0 means the newest.
  uint32_t kept_epoch() const { return last_ ? 0 : best_epoch_; }
  // Whether to stop early: no epoch was better for train.stop_after epochs.
  bool IsOver() const;

  // Save returns the state, and Load restores it.
  v1::SelectionState Save() const;
  void Load(const v1::SelectionState& state);

 private:
  const bool last_;
  const uint32_t window_;
  const uint32_t patience_;  // 0 means no early stop.
  std::deque<double> losses_;
  double best_ = std::numeric_limits<double>::infinity();
  uint32_t best_epoch_ = 0;
  uint32_t epoch_ = 0;
};

}  // namespace gyrus

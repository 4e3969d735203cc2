#include "worker/training/selection.h"

#include <algorithm>

namespace gyrus {

Selection::Selection(const v1::Train& train)
    : last_(train.select().epoch() == v1::SELECT_EPOCH_LAST),
      window_(std::max(1u, train.select().mean_of())),
      patience_(train.stop_after()) {}

bool Selection::Add(uint32_t epoch, double validation_loss) {
  epoch_ = epoch;
  losses_.push_back(validation_loss);
  if (losses_.size() > window_) losses_.pop_front();
  if (losses_.size() < window_) return false;
  double sum = 0;
  for (const double loss : losses_) sum += loss;
  const double mean = sum / window_;
  if (!(mean < best_)) return false;
  best_ = mean;
  best_epoch_ = epoch;
  return !last_;
}

bool Selection::IsOver() const {
  return patience_ > 0 && best_epoch_ > 0 && epoch_ - best_epoch_ >= patience_;
}

v1::SelectionState Selection::Save() const {
  v1::SelectionState state;
  state.mutable_losses()->Add(losses_.begin(), losses_.end());
  if (best_epoch_ > 0) state.set_best(best_);
  state.set_best_epoch(best_epoch_);
  state.set_epoch(epoch_);
  return state;
}

void Selection::Load(const v1::SelectionState& state) {
  losses_.assign(state.losses().begin(), state.losses().end());
  best_ = state.has_best() ? state.best() : std::numeric_limits<double>::infinity();
  best_epoch_ = state.best_epoch();
  epoch_ = state.epoch();
}

}  // namespace gyrus

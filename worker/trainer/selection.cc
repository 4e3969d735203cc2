#include "worker/trainer/selection.h"

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

}  // namespace gyrus

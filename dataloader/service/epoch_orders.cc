#include "dataloader/service/epoch_orders.h"

#include <utility>

#include "core/epoch/order.h"

namespace gyrus {
namespace {

// As many trainings at once cost no shuffle again, but for each new epoch.
constexpr size_t kMaxKept = 32;

}  // namespace

std::shared_ptr<const std::vector<uint32_t>> EpochOrders::Get(uint64_t seed, uint32_t epoch,
                                                              uint32_t items) {
  const Key key{seed, epoch, items};
  {
    absl::MutexLock lock(&mu_);
    if (const auto found = orders_.find(key); found != orders_.end()) return found->second;
  }
  auto order = std::make_shared<const std::vector<uint32_t>>(EpochOrder(seed, epoch, items));
  absl::MutexLock lock(&mu_);
  if (orders_.size() >= kMaxKept) orders_.clear();
  orders_[key] = order;
  return order;
}

}  // namespace gyrus

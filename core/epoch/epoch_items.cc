#include "core/epoch/epoch_items.h"

#include <utility>

#include "core/epoch/order.h"

namespace gyrus {

EpochItems::EpochItems(uint32_t size, std::shared_ptr<const std::vector<uint32_t>> order,
                       const v1::SliceViews& views)
    : size_(size), order_(std::move(order)), views_(views) {}

EpochItems EpochItems::Training(uint64_t seed, uint32_t epoch, uint32_t samples,
                                const v1::SliceViews& views) {
  return Training(std::make_shared<const std::vector<uint32_t>>(
                      EpochOrder(seed, epoch, ItemCount(samples, views))),
                  views);
}

EpochItems EpochItems::Training(std::shared_ptr<const std::vector<uint32_t>> order,
                                const v1::SliceViews& views) {
  const auto size = static_cast<uint32_t>(order->size());
  return {size, std::move(order), views};
}

EpochItems EpochItems::InOrder(uint32_t samples) { return {samples, nullptr, v1::SliceViews()}; }

View EpochItems::At(uint32_t position) const {
  return ViewAt(order_ == nullptr ? position : (*order_)[position], views_);
}

}  // namespace gyrus

#include "core/epoch/item_sequence.h"

#include <utility>

#include "core/epoch/order.h"

namespace gyrus {

ItemSequence::ItemSequence(uint32_t size, std::shared_ptr<const std::vector<uint32_t>> order,
                           const v1::SliceViews& views)
    : size_(size), order_(std::move(order)), views_(views) {}

ItemSequence ItemSequence::Training(uint64_t seed, uint32_t epoch, uint32_t samples,
                                    const v1::SliceViews& views) {
  return Training(std::make_shared<const std::vector<uint32_t>>(
                      EpochOrder(seed, epoch, ItemCount(samples, views))),
                  views);
}

ItemSequence ItemSequence::Training(std::shared_ptr<const std::vector<uint32_t>> order,
                                    const v1::SliceViews& views) {
  const auto size = static_cast<uint32_t>(order->size());
  return {size, std::move(order), views};
}

ItemSequence ItemSequence::InOrder(uint32_t samples) {
  return {samples, nullptr, v1::SliceViews()};
}

View ItemSequence::At(uint32_t position) const {
  return ViewAt(order_ == nullptr ? position : (*order_)[position], views_);
}

}  // namespace gyrus

#include "core/epoch/order.h"

#include <numeric>
#include <utility>

#include "common/random.h"

namespace gyrus {

std::vector<uint32_t> EpochOrder(uint64_t seed, uint32_t epoch, uint32_t items) {
  std::vector<uint32_t> order(items);
  std::iota(order.begin(), order.end(), 0u);
  RandomStream random(seed, "order", epoch);
  for (uint32_t i = items; i > 1; --i) std::swap(order[i - 1], order[random.NextBelow(i)]);
  return order;
}

}  // namespace gyrus

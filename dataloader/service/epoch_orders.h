// Caches the orders in which the items of epochs are read, because computing one for each
// request would be slow.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace gyrus {

// Keeps the orders that were asked for last, because an epoch is read in many requests,
// and an epoch of slices has millions of items to shuffle. Thread-safe.
class EpochOrders {
 public:
  // The result of EpochOrder(seed, epoch, items); see core/epoch/order.h.
  std::shared_ptr<const std::vector<uint32_t>> Get(uint64_t seed, uint32_t epoch, uint32_t items)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Key = std::tuple<uint64_t, uint32_t, uint32_t>;

  absl::Mutex mu_;
  std::map<Key, std::shared_ptr<const std::vector<uint32_t>>> orders_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus

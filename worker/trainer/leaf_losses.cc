#include "worker/trainer/leaf_losses.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/status.h"

namespace gyrus {

absl::StatusOr<double> LeafLosses::TakeMean(uint32_t items, Collective& collective) {
  const std::vector<Leaf> mine = std::exchange(leaves_, {});
  const absl::string_view bytes(reinterpret_cast<const char*>(mine.data()),
                                mine.size() * sizeof(Leaf));
  GYRUS_ASSIGN_OR_RETURN(const auto all, collective.AllGatherBytes(std::string(bytes)));
  std::vector<Leaf> leaves;
  for (const std::string& of_rank : all) {
    for (size_t at = 0; at + sizeof(Leaf) <= of_rank.size(); at += sizeof(Leaf)) {
      std::memcpy(&leaves.emplace_back(), of_rank.data() + at, sizeof(Leaf));
    }
  }
  std::sort(leaves.begin(), leaves.end(),
            [](const Leaf& a, const Leaf& b) { return a.position < b.position; });
  double sum = 0;
  for (const Leaf& leaf : leaves) sum += leaf.sum;
  return sum / items;
}

}  // namespace gyrus

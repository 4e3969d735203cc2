#include "worker/trainer/leaf_losses.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "common/status.h"

namespace gyrus {

absl::StatusOr<double> LeafLosses::TakeMean(uint32_t items, Collective& collective) {
  std::string mine;
  for (const auto& leaf : std::exchange(leaves_, {})) {
    mine.append(reinterpret_cast<const char*>(&leaf), sizeof(leaf));
  }
  GYRUS_ASSIGN_OR_RETURN(const auto all, collective.AllGatherBytes(mine));
  std::vector<std::pair<uint32_t, double>> leaves;
  for (const std::string& bytes : all) {
    for (size_t at = 0; at + sizeof(leaves[0]) <= bytes.size(); at += sizeof(leaves[0])) {
      std::memcpy(static_cast<void*>(&leaves.emplace_back()), bytes.data() + at, sizeof(leaves[0]));
    }
  }
  std::sort(leaves.begin(), leaves.end());
  double sum = 0;
  for (const auto& [position, loss] : leaves) sum += loss;
  return sum / items;
}

}  // namespace gyrus

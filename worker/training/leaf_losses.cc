#include "worker/training/leaf_losses.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"
#include "common/status.h"

namespace gyrus {

std::string LeafLosses::Pack() const {
  static_assert(sizeof(Leaf) == 16);
  return {reinterpret_cast<const char*>(leaves_.data()), leaves_.size() * sizeof(Leaf)};
}

absl::Status LeafLosses::Unpack(absl::string_view bytes) {
  if (bytes.size() % sizeof(Leaf) != 0) {
    return absl::DataLossError("the losses of leaves are cut short");
  }
  for (size_t at = 0; at < bytes.size(); at += sizeof(Leaf)) {
    std::memcpy(&leaves_.emplace_back(), bytes.data() + at, sizeof(Leaf));
  }
  return absl::OkStatus();
}

absl::StatusOr<double> LeafLosses::TakeMean(uint32_t items, Collective& collective) {
  GYRUS_ASSIGN_OR_RETURN(const auto ranks, collective.AllGatherBytes(Pack()));
  leaves_.clear();
  for (const std::string& rank : ranks) GYRUS_RETURN_IF_ERROR(Unpack(rank));
  std::sort(leaves_.begin(), leaves_.end(),
            [](const Leaf& a, const Leaf& b) { return a.position < b.position; });
  double sum = 0;
  for (const Leaf& leaf : leaves_) sum += leaf.sum;
  leaves_.clear();
  return sum / items;
}

}  // namespace gyrus

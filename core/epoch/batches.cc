#include "core/epoch/batches.h"

#include <algorithm>
#include <bit>

namespace gyrus {
namespace {

uint32_t CeilDiv(uint32_t a, uint32_t b) { return (a + b - 1) / b; }

}  // namespace

EpochBatches::EpochBatches(uint32_t items, uint32_t batch, uint32_t leaf, uint32_t world)
    : items_(items),
      batch_(batch),
      leaf_(leaf),
      block_(std::bit_ceil(CeilDiv(CeilDiv(batch, leaf), world))) {}

uint32_t EpochBatches::items_in(uint32_t batch) const {
  return std::min(batch_, items_ - batch * batch_);
}

uint32_t EpochBatches::leaves_in(uint32_t batch) const { return CeilDiv(items_in(batch), leaf_); }

uint32_t EpochBatches::ranks_in(uint32_t batch) const { return CeilDiv(leaves_in(batch), block_); }

Range EpochBatches::LeavesOf(uint32_t batch, uint32_t rank) const {
  const uint32_t leaves = leaves_in(batch);
  return {std::min(leaves, rank * block_), std::min(leaves, (rank + 1) * block_)};
}

Range EpochBatches::PositionsOf(uint32_t batch, uint32_t leaf) const {
  const uint32_t first = batch * batch_;
  const uint32_t last = first + items_in(batch);
  return {std::min(last, first + leaf * leaf_), std::min(last, first + (leaf + 1) * leaf_)};
}

std::vector<uint32_t> EpochBatches::PositionsOfRank(uint32_t rank) const {
  std::vector<uint32_t> positions;
  for (uint32_t batch = 0; batch < batches(); ++batch) {
    const Range leaves = LeavesOf(batch, rank);
    for (uint32_t leaf = leaves.begin; leaf < leaves.end; ++leaf) {
      const Range range = PositionsOf(batch, leaf);
      for (uint32_t position = range.begin; position < range.end; ++position) {
        positions.push_back(position);
      }
    }
  }
  return positions;
}

std::vector<uint32_t> ShardPositions(uint32_t items, uint32_t group, uint32_t world,
                                     uint32_t rank) {
  std::vector<uint32_t> positions;
  for (uint32_t begin = rank * group; begin < items; begin += world * group) {
    const uint32_t end = std::min(begin + group, items);
    for (uint32_t i = begin; i < end; ++i) positions.push_back(i);
  }
  return positions;
}

}  // namespace gyrus

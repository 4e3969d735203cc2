// How the positions of an epoch are divided into batches, batches into leaves (the
// items of one forward and backward pass), and leaves among the ranks.
#pragma once

#include <cstdint>
#include <vector>

namespace gyrus {

// A half-open run of positions or leaves.
struct Range {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t size() const { return end - begin; }
  bool operator==(const Range&) const = default;
};

// An epoch of `items` positions in batches of `batch`, each in leaves of `leaf`
// positions, for `world` ranks. Every number at least 1, leaf <= batch. The
// last batch may be short, and its last leaf too. Thread-compatible.
//
// Each rank owns one aligned block of a batch's leaves: block_leaves() is the
// smallest power of two that gives every leaf an owner. A block is therefore a
// subtree of the gradient tree, whatever the world size.
class EpochBatches {
 public:
  EpochBatches(uint32_t items, uint32_t batch, uint32_t leaf, uint32_t world);

  uint32_t batches() const { return (items_ + batch_ - 1) / batch_; }
  uint32_t items_in(uint32_t batch) const;
  uint32_t leaves_in(uint32_t batch) const;
  uint32_t block_leaves() const { return block_; }
  // Ranks that have a leaf of this batch: 0..that-1.
  uint32_t ranks_in(uint32_t batch) const;

  // Leaves of this rank, counted in the batch; empty for a rank without any.
  Range LeavesOf(uint32_t batch, uint32_t rank) const;
  // Positions of a leaf, counted in the epoch.
  Range PositionsOf(uint32_t batch, uint32_t leaf) const;
  // All positions that this rank trains on, in order.
  std::vector<uint32_t> PositionsOfRank(uint32_t rank) const;

 private:
  uint32_t items_;
  uint32_t batch_;
  uint32_t leaf_;
  uint32_t block_;
};

// The validation or test items of one rank: the positions i of `items` for which
// (i / group) mod world == rank, in rising order. They go to the ranks in groups of
// `group`, at least 1, so that one forward pass has the same items whatever the
// world size.
std::vector<uint32_t> ShardPositions(uint32_t items, uint32_t group, uint32_t world, uint32_t rank);

}  // namespace gyrus

// The order in which an epoch of training goes through its items.
#pragma once

#include <cstdint>
#include <vector>

namespace gyrus {

// A permutation of 0..items-1: the item at each position. The same on every
// machine for the same seed and epoch, so that loader and trainers agree
// without a message. item_sequence.h says which item that is.
std::vector<uint32_t> EpochOrder(uint64_t seed, uint32_t epoch, uint32_t items);

}  // namespace gyrus

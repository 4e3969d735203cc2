// Random numbers that are a function of what they are for, not of when they
// are drawn.
#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace gyrus {

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011): four random words from a counter and a key.
std::array<uint32_t, 4> Philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// A stream of draws named by a seed, a purpose and an index. Equal
// names give equal streams on every machine; different names are independent.
// One thread.
class RandomStream {
 public:
  // `purpose` is hashed into the key: "augment", "order", a tensor's name.
  RandomStream(uint64_t seed, absl::string_view purpose, uint64_t index = 0);

  uint32_t NextUint32();
  // In [0, 1), a multiple of 2^-53.
  double NextUnit();
  // In [0, bound), without bias. bound > 0.
  uint32_t NextBelow(uint32_t bound);

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 4> block_;
  int used_ = 4;
};

}  // namespace gyrus

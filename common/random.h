// Random numbers that depend only on a seed and on what they are used for, and not on
// when, where or in which order they are computed. This is what makes results the same
// on any number of workers.
#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace gyrus {

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011): four random words from a counter and a key.
std::array<uint32_t, 4> Philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// A sequence of random numbers that is identified by a seed, a purpose and an index.
// Equal identifiers give equal sequences on every machine; sequences of different
// identifiers are independent. Thread-compatible.
class RandomStream {
 public:
  // `purpose` ("augment", "order", the name of a tensor) is hashed into the key. A
  // purpose that is in use must never be renamed, because the numbers would change.
  RandomStream(uint64_t seed, absl::string_view purpose, uint64_t index = 0);

  uint32_t NextUint32();
  // A number in [0, 1), a multiple of 2^-53.
  double NextUnit();
  // A whole number in [0, bound), each with the same probability. `bound` must be
  // above 0.
  uint32_t NextBelow(uint32_t bound);

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 4> block_;
  int used_ = 4;
};

}  // namespace gyrus

#include "common/random.h"

namespace gyrus {
namespace {

constexpr uint32_t kMultiplier0 = 0xD2511F53;
constexpr uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kWeyl0 = 0x9E3779B9;
constexpr uint32_t kWeyl1 = 0xBB67AE85;

// FNV-1a. Names are few and short, so that 64 bits do not collide in practice.
uint64_t HashName(absl::string_view name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::array<uint32_t, 4> Philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t{kMultiplier0} * counter[0];
    const uint64_t product1 = uint64_t{kMultiplier1} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

RandomStream::RandomStream(uint64_t seed, absl::string_view purpose, uint64_t index) {
  // A key has only 64 bits, which the seed fills. Philox mixes seed and purpose into a
  // new key; the index and the number of the draw are the counter.
  const uint64_t name = HashName(purpose);
  const auto mixed = Philox({static_cast<uint32_t>(name), static_cast<uint32_t>(name >> 32), 0, 0},
                            {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
  key_ = {mixed[0], mixed[1]};
  counter_ = {0, 0, static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32)};
}

uint32_t RandomStream::NextUint32() {
  if (used_ == 4) {
    block_ = Philox(counter_, key_);
    if (++counter_[0] == 0) ++counter_[1];
    used_ = 0;
  }
  return block_[used_++];
}

double RandomStream::NextUnit() {
  const uint64_t high = NextUint32() >> 5;
  const uint64_t low = NextUint32() >> 6;
  return static_cast<double>((high << 26) | low) * 0x1p-53;
}

uint32_t RandomStream::NextBelow(uint32_t bound) {
  // Lemire's method: rejects the few words that would make some results more likely.
  const uint32_t threshold = -bound % bound;
  while (true) {
    const uint64_t product = uint64_t{NextUint32()} * bound;
    if (static_cast<uint32_t>(product) >= threshold) return static_cast<uint32_t>(product >> 32);
  }
}

}  // namespace gyrus

// The gradient tree: the order in which the gradients of a batch are summed, so that
// the sum has the same bits however many ranks computed it.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace gyrus {

// Sums values that come in order 0, 1, 2, ... along the tree that splits each
// node at the largest power of two below its size:
//
//   5 values:  ((0 + 1) + (2 + 3)) + 4
//
// Works like a binary counter: it never holds more than log2(n) + 1 values, and
// two neighbours are added as soon as both are there. A run of values that
// starts at a multiple of 2^k and has at most 2^k of them is a subtree, so its
// sum may be taken elsewhere and added here as one value, if all before it have
// the same length. One thread.
template <typename T>
class TreeSum {
 public:
  // `add(left, right)` returns their sum; it may reuse either's memory.
  template <typename AddFn>
  void Push(T value, AddFn&& add) {
    uint64_t carry = count_++;
    while (carry & 1) {
      value = add(std::move(partial_.back()), std::move(value));
      partial_.pop_back();
      carry >>= 1;
    }
    partial_.push_back(std::move(value));
  }

  // The sum of all values, or nothing if there were none. Then starts again.
  template <typename AddFn>
  std::optional<T> Finish(AddFn&& add) {
    count_ = 0;
    if (partial_.empty()) return std::nullopt;
    T sum = std::move(partial_.back());
    partial_.pop_back();
    while (!partial_.empty()) {
      sum = add(std::move(partial_.back()), std::move(sum));
      partial_.pop_back();
    }
    return sum;
  }

 private:
  uint64_t count_ = 0;
  std::vector<T> partial_;  // Sums of runs, each longer than the next.
};

}  // namespace gyrus

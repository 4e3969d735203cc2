// The values that a pickle of torch.save holds (numbers, texts, lists, dicts,
// tensors), as plain values of C++.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/weights/tensor_view.h"

namespace gyrus {

// A value's place in its tree. What a pickle names twice is there once.
using PickleId = uint32_t;

struct PickleNone {};
struct PickleTuple {
  std::vector<PickleId> items;
};
struct PickleList {
  std::vector<PickleId> items;
};
// Also an OrderedDict.
struct PickleDict {
  std::vector<std::pair<PickleId, PickleId>> items;
  bool ordered = false;
};
// One of the few names of Python that a weight file may use.
struct PickleGlobal {
  enum class Kind { kOrderedDict, kRebuildTensor, kRebuildParameter, kStorage };
  Kind kind = Kind::kOrderedDict;
  ElementType type = ElementType::kFloat32;  // The element type, for kStorage.
};
struct PickleStorage {
  std::string key;
  ElementType type = ElementType::kFloat32;
  int64_t elements = 0;
};
struct PickleTensor {
  PickleId storage = 0;
  int64_t offset = 0;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
};

using PickleValue = std::variant<PickleNone, bool, int64_t, double, std::string, PickleTuple,
                                 PickleList, PickleDict, PickleGlobal, PickleStorage, PickleTensor>;

struct PickleTree {
  std::vector<PickleValue> values;
  PickleId root = 0;

  const PickleValue& at(PickleId id) const { return values[id]; }
  // Null where it is of another kind.
  template <typename T>
  const T* As(PickleId id) const {
    return std::get_if<T>(&values[id]);
  }
};

// "a dict": for messages.
absl::string_view KindOf(const PickleValue& value);

// INVALID_ARGUMENT: a value that holds itself, or values nested more than
// `max_depth` deep. Without recursion.
absl::Status CheckNesting(const PickleTree& tree, int max_depth);

}  // namespace gyrus

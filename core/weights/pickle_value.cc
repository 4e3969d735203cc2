#include "core/weights/pickle_value.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

// How many values are inside `value`, and which.
size_t InsideCount(const PickleValue& value) {
  if (const auto* tuple = std::get_if<PickleTuple>(&value)) return tuple->items.size();
  if (const auto* list = std::get_if<PickleList>(&value)) return list->items.size();
  if (const auto* dict = std::get_if<PickleDict>(&value)) return 2 * dict->items.size();
  return 0;
}

PickleId Inside(const PickleValue& value, size_t i) {
  if (const auto* tuple = std::get_if<PickleTuple>(&value)) return tuple->items[i];
  if (const auto* list = std::get_if<PickleList>(&value)) return list->items[i];
  const auto& [key, held] = std::get<PickleDict>(value).items[i / 2];
  return i % 2 == 0 ? key : held;
}

}  // namespace

absl::string_view KindOf(const PickleValue& value) {
  static constexpr std::array<absl::string_view, 11> kKinds = {
      "None",   "a targets value", "an integer", "a number",  "a text",  "a tuple",
      "a list", "a dict",          "a function", "a storage", "a tensor"};
  static_assert(kKinds.size() == std::variant_size_v<PickleValue>);
  return kKinds[value.index()];
}

absl::Status CheckNesting(const PickleTree& tree, int max_depth) {
  constexpr int kUnknown = 0;
  constexpr int kOpen = -1;
  struct Frame {
    PickleId id;
    size_t next;
  };
  // 1 for a value that holds none, and one more than the highest inside it.
  std::vector<int> height(tree.values.size(), kUnknown);
  std::vector<Frame> path = {{tree.root, 0}};
  height[tree.root] = kOpen;
  while (!path.empty()) {
    const Frame frame = path.back();
    const PickleValue& value = tree.at(frame.id);
    const size_t count = InsideCount(value);
    if (frame.next < count) {
      ++path.back().next;
      const PickleId inside = Inside(value, frame.next);
      if (height[inside] == kOpen) {
        return absl::InvalidArgumentError(absl::StrCat(KindOf(value), " holds itself"));
      }
      if (height[inside] != kUnknown) continue;
      height[inside] = kOpen;
      path.push_back({inside, 0});
      continue;
    }
    int highest = 0;
    for (size_t i = 0; i < count; ++i) highest = std::max(highest, height[Inside(value, i)]);
    height[frame.id] = highest + 1;
    if (highest + 1 > max_depth) {
      return absl::InvalidArgumentError(
          absl::StrCat("values are nested more than ", max_depth, " deep"));
    }
    path.pop_back();
  }
  return absl::OkStatus();
}

}  // namespace gyrus

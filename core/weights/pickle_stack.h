// The stack and the memo of the machine that reads a pickle (pickle.h).
#pragma once

#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/weights/pickle_value.h"

namespace gyrus {

// A stack with marks, and a memo of values seen before. What is below the last
// mark cannot be reached.
//
// DATA_LOSS: a value, mark or memo that is not there. INVALID_ARGUMENT: more
// values than `max_values`.
class PickleStack {
 public:
  explicit PickleStack(size_t max_values) : max_values_(max_values) {}

  const PickleTree& tree() const { return tree_; }

  absl::Status Push(PickleValue value);
  absl::StatusOr<PickleId> Top() const;
  absl::StatusOr<PickleId> Pop();
  // The top stays. The pointer is good until the next Push.
  template <typename T>
  absl::StatusOr<T*> TopAs(absl::string_view wanted);

  void Mark() { marks_.push_back(stack_.size()); }
  absl::StatusOr<std::vector<PickleId>> PopToMark();
  // The last `count` values, in order.
  absl::StatusOr<std::vector<PickleId>> PopMany(size_t count);

  // Keeps the top as the next memo.
  absl::Status Memoize();
  size_t memos() const { return memo_.size(); }
  absl::Status PushMemo(size_t index);

  // The tree of the one value that is left. DATA_LOSS: none, or more.
  absl::StatusOr<PickleTree> Finish() &&;

 private:
  size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  const size_t max_values_;
  PickleTree tree_;
  std::vector<PickleId> stack_;
  std::vector<size_t> marks_;
  std::vector<PickleId> memo_;
};

template <typename T>
absl::StatusOr<T*> PickleStack::TopAs(absl::string_view wanted) {
  const absl::StatusOr<PickleId> top = Top();
  if (!top.ok()) return top.status();
  if (T* value = std::get_if<T>(&tree_.values[*top])) return value;
  return absl::DataLossError(
      absl::StrCat("a damaged pickle: wants ", wanted, ", there is ", KindOf(tree_.at(*top))));
}

}  // namespace gyrus

#include "core/weights/pickle_stack.h"

#include "common/status.h"

namespace gyrus {
namespace {

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("a damaged pickle: ", what));
}

}  // namespace

absl::Status PickleStack::Push(PickleValue value) {
  if (tree_.values.size() == max_values_) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", max_values_, " values"));
  }
  stack_.push_back(static_cast<PickleId>(tree_.values.size()));
  tree_.values.push_back(std::move(value));
  return absl::OkStatus();
}

absl::StatusOr<PickleId> PickleStack::Top() const {
  if (stack_.size() <= floor()) return Damaged("a value is missing");
  return stack_.back();
}

absl::StatusOr<PickleId> PickleStack::Pop() {
  GYRUS_ASSIGN_OR_RETURN(const PickleId top, Top());
  stack_.pop_back();
  return top;
}

absl::StatusOr<std::vector<PickleId>> PickleStack::PopToMark() {
  if (marks_.empty()) return Damaged("a mark is missing");
  std::vector<PickleId> items(stack_.begin() + marks_.back(), stack_.end());
  stack_.resize(marks_.back());
  marks_.pop_back();
  return items;
}

absl::StatusOr<std::vector<PickleId>> PickleStack::PopMany(size_t count) {
  if (stack_.size() < floor() + count) return Damaged("a value is missing");
  std::vector<PickleId> items(stack_.end() - count, stack_.end());
  stack_.resize(stack_.size() - count);
  return items;
}

absl::Status PickleStack::Memoize() {
  GYRUS_ASSIGN_OR_RETURN(const PickleId top, Top());
  if (memo_.size() == max_values_) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", max_values_, " memos"));
  }
  memo_.push_back(top);
  return absl::OkStatus();
}

absl::Status PickleStack::PushMemo(size_t index) {
  if (index >= memo_.size()) return Damaged(absl::StrCat("there is no memo ", index));
  stack_.push_back(memo_[index]);
  return absl::OkStatus();
}

absl::StatusOr<PickleTree> PickleStack::Finish() && {
  if (stack_.size() != 1 || !marks_.empty()) return Damaged("it ends with more than one value");
  tree_.root = stack_[0];
  return std::move(tree_);
}

}  // namespace gyrus

#include "core/weights/torch_globals.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {
namespace {

struct Known {
  absl::string_view module;
  absl::string_view name;
  PickleGlobal global;
};

using Kind = PickleGlobal::Kind;
constexpr Known kKnown[] = {
    {"collections", "OrderedDict", {Kind::kOrderedDict}},
    {"torch._utils", "_rebuild_tensor_v2", {Kind::kRebuildTensor}},
    {"torch._utils", "_rebuild_parameter", {Kind::kRebuildParameter}},
    {"torch", "HalfStorage", {Kind::kStorage, ElementType::kFloat16}},
    {"torch", "BFloat16Storage", {Kind::kStorage, ElementType::kBfloat16}},
    {"torch", "FloatStorage", {Kind::kStorage, ElementType::kFloat32}},
    {"torch", "DoubleStorage", {Kind::kStorage, ElementType::kFloat64}},
    {"torch", "BoolStorage", {Kind::kStorage, ElementType::kBool}},
    {"torch", "ByteStorage", {Kind::kStorage, ElementType::kUint8}},
    {"torch", "CharStorage", {Kind::kStorage, ElementType::kInt8}},
    {"torch", "ShortStorage", {Kind::kStorage, ElementType::kInt16}},
    {"torch", "IntStorage", {Kind::kStorage, ElementType::kInt32}},
    {"torch", "LongStorage", {Kind::kStorage, ElementType::kInt64}},
};

// Advice for files that contain a name with this prefix. The first that fits counts.
struct Hint {
  absl::string_view prefix;
  absl::string_view advice;
};

constexpr absl::string_view kWholeModel =
    "the file holds a whole model; save model.state_dict() instead";
constexpr absl::string_view kQuantized =
    "the file holds quantized tensors; save the weights before quantization";
constexpr absl::string_view kSparse =
    "the file holds sparse or nested tensors; save them as to_dense()";
constexpr absl::string_view kComplex = "complex numbers are not read";
constexpr Hint kHints[] = {
    {"torch._utils._rebuild_qtensor", kQuantized},
    {"torch.QInt", kQuantized},
    {"torch.QUInt", kQuantized},
    {"torch._utils._rebuild_sparse", kSparse},
    {"torch._utils._rebuild_nested", kSparse},
    {"torch.Complex", kComplex},
    {"torch._utils._rebuild_tensor_v3", "the file holds tensors of a type that is not read"},
    {"torch._tensor._rebuild_from_type_v2",
     "the file holds tensors with attributes; save detached tensors"},
    {"torch.distributed.", "the file holds one part of a sharded model; save the whole state dict"},
    {"torch.jit.", "the file holds TorchScript; save model.state_dict() instead"},
    {"torch.nn.", kWholeModel},
    {"torchvision.", kWholeModel},
    {"monai.networks.", kWholeModel},
    {"__main__.", kWholeModel},
};

// Names come from the file: short, and without control characters.
std::string Shown(absl::string_view name) { return absl::CHexEscape(name.substr(0, 100)); }

// The advice depends on the library whose object the file contains.
absl::Status Refused(absl::string_view module, absl::string_view name) {
  const std::string whole = absl::StrCat(Shown(module), ".", Shown(name));
  absl::string_view advice = "save the state dict alone: torch.save(model.state_dict(), ...)";
  for (const Hint& hint : kHints) {
    if (!absl::StartsWith(whole, hint.prefix)) continue;
    advice = hint.advice;
    break;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the file wants to call ", whole, ", which is not executed; ", advice));
}

absl::Status Odd(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(what, " are not those of torch.save"));
}

std::optional<std::vector<int64_t>> Integers(const PickleTree& tree, PickleId id) {
  const auto* tuple = tree.As<PickleTuple>(id);
  // Tensors copy their shape: a long one, used often, would fill the memory.
  if (tuple == nullptr || tuple->items.size() > kMaxTensorAxes) return std::nullopt;
  std::vector<int64_t> numbers;
  for (const PickleId item : tuple->items) {
    const auto* number = tree.As<int64_t>(item);
    if (number == nullptr) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

bool IsEmptyDict(const PickleTree& tree, PickleId id) {
  const auto* dict = tree.As<PickleDict>(id);
  return dict != nullptr && dict->items.empty();
}

// _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])
absl::StatusOr<PickleValue> RebuildTensor(const PickleTree& tree, const PickleTuple& arguments) {
  const std::vector<PickleId>& items = arguments.items;
  const absl::string_view what = "arguments of _rebuild_tensor_v2";
  if (items.size() != 6 && items.size() != 7) return Odd(what);
  const auto* offset = tree.As<int64_t>(items[1]);
  std::optional<std::vector<int64_t>> shape = Integers(tree, items[2]);
  std::optional<std::vector<int64_t>> strides = Integers(tree, items[3]);
  if (tree.As<PickleStorage>(items[0]) == nullptr || offset == nullptr || !shape || !strides ||
      tree.As<bool>(items[4]) == nullptr || !IsEmptyDict(tree, items[5])) {
    return Odd(what);
  }
  // The metadata says that a tensor is to be negated or conjugated.
  if (items.size() == 7 && tree.As<PickleNone>(items[6]) == nullptr &&
      !IsEmptyDict(tree, items[6])) {
    return Odd(what);
  }
  return PickleTensor{.storage = items[0],
                      .offset = *offset,
                      .shape = *std::move(shape),
                      .strides = *std::move(strides)};
}

// _rebuild_parameter(data, requires_grad, hooks)
absl::StatusOr<PickleValue> RebuildParameter(const PickleTree& tree, const PickleTuple& arguments) {
  const std::vector<PickleId>& items = arguments.items;
  if (items.size() != 3 || tree.As<PickleTensor>(items[0]) == nullptr ||
      tree.As<bool>(items[1]) == nullptr || !IsEmptyDict(tree, items[2])) {
    return Odd("arguments of _rebuild_parameter");
  }
  return *tree.As<PickleTensor>(items[0]);
}

}  // namespace

absl::StatusOr<PickleGlobal> FindTorchGlobal(absl::string_view module, absl::string_view name) {
  for (const Known& known : kKnown) {
    if (known.module == module && known.name == name) return known.global;
  }
  return Refused(module, name);
}

absl::StatusOr<PickleValue> CallTorchGlobal(const PickleTree& tree, const PickleGlobal& function,
                                            const PickleTuple& arguments) {
  switch (function.kind) {
    case Kind::kOrderedDict:
      if (!arguments.items.empty()) return Odd("arguments of OrderedDict");
      return PickleDict{.ordered = true};
    case Kind::kRebuildTensor:
      return RebuildTensor(tree, arguments);
    case Kind::kRebuildParameter:
      return RebuildParameter(tree, arguments);
    case Kind::kStorage:
      break;
  }
  return absl::InvalidArgumentError("the file wants to call a storage class, which is not done");
}

absl::StatusOr<PickleStorage> StorageOf(const PickleTree& tree, const PickleValue& id) {
  const auto* tuple = std::get_if<PickleTuple>(&id);
  if (tuple == nullptr || tuple->items.size() != 5) return Odd("persistent ids");
  const std::vector<PickleId>& items = tuple->items;
  const auto* tag = tree.As<std::string>(items[0]);
  const auto* storage = tree.As<PickleGlobal>(items[1]);
  const auto* key = tree.As<std::string>(items[2]);
  const auto* device = tree.As<std::string>(items[3]);
  const auto* elements = tree.As<int64_t>(items[4]);
  if (tag == nullptr || *tag != "storage" || storage == nullptr ||
      storage->kind != Kind::kStorage || key == nullptr || device == nullptr ||
      elements == nullptr || *elements < 0) {
    return Odd("persistent ids");
  }
  // Part of an entry's name.
  if (key->empty() || key->size() > 20 ||
      !std::all_of(key->begin(), key->end(), absl::ascii_isdigit)) {
    return Odd("persistent ids");
  }
  return PickleStorage{.key = *key, .type = storage->type, .elements = *elements};
}

}  // namespace gyrus

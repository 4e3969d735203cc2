#include "core/weights/weight_views.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/weights/safetensors_view.h"
#include "core/weights/torch_file.h"

namespace gyrus {
namespace {

constexpr absl::string_view kCounter = "num_batches_tracked";

bool IsCounter(const NamedView& tensor) {
  return tensor.name == kCounter || absl::EndsWith(tensor.name, absl::StrCat(".", kCounter));
}

// Eight bytes of length and a JSON object.
bool LooksLikeSafetensors(absl::string_view bytes) {
  return bytes.size() > sizeof(uint64_t) && bytes[sizeof(uint64_t)] == '{';
}

absl::StatusOr<WeightViews> FromTorch(absl::string_view bytes) {
  constexpr size_t kShown = 10;
  GYRUS_ASSIGN_OR_RETURN(TorchFile file, ParseTorchFile(bytes));
  WeightViews weights{.format = "PyTorch",
                      .tensors = std::move(file.tensors),
                      .storages = std::move(file.storages)};
  if (!file.unwrapped.empty()) {
    weights.notes.push_back(absl::StrCat("the state dict was under ", file.unwrapped));
  }
  if (!file.stripped.empty()) {
    weights.notes.push_back(absl::StrCat("removed ", file.stripped, " before every name"));
  }
  if (const size_t count = file.left_aside.size(); count > 0) {
    file.left_aside.resize(std::min(count, kShown));
    weights.notes.push_back(
        absl::StrCat("left aside, no weights: ", absl::StrJoin(file.left_aside, ", "),
                     count > kShown ? absl::StrCat(" and ", count - kShown, " more") : ""));
  }
  return weights;
}

absl::StatusOr<WeightViews> FromSafetensors(absl::string_view bytes) {
  WeightViews weights{.format = "safetensors"};
  GYRUS_ASSIGN_OR_RETURN(weights.tensors, ParseSafetensorsViews(bytes));
  return weights;
}

void LeaveCountersAside(WeightViews& weights) {
  const size_t counters = std::erase_if(weights.tensors, IsCounter);
  if (counters == 0) return;
  weights.notes.push_back(absl::StrCat("left aside ", counters, " ", kCounter));
}

void NoteTypes(WeightViews& weights) {
  constexpr ElementType kTypes[] = {
      ElementType::kFloat16, ElementType::kBfloat16, ElementType::kFloat64,
      ElementType::kBool,    ElementType::kUint8,    ElementType::kInt8,
      ElementType::kInt16,   ElementType::kInt32,    ElementType::kInt64};
  for (const ElementType type : kTypes) {
    const auto count =
        std::count_if(weights.tensors.begin(), weights.tensors.end(),
                      [type](const NamedView& tensor) { return tensor.view.type == type; });
    if (count == 0) continue;
    weights.notes.push_back(
        absl::StrCat(count, count == 1 ? " tensor was " : " tensors were ", ElementName(type)));
  }
}

}  // namespace

absl::StatusOr<WeightViews> ParseWeightViews(absl::string_view bytes) {
  if (!LooksLikeTorch(bytes) && !LooksLikeSafetensors(bytes)) {
    return absl::InvalidArgumentError("neither a file of torch.save nor safetensors");
  }
  GYRUS_ASSIGN_OR_RETURN(WeightViews weights,
                         LooksLikeTorch(bytes) ? FromTorch(bytes) : FromSafetensors(bytes));
  LeaveCountersAside(weights);
  if (weights.tensors.empty()) return absl::InvalidArgumentError("the file holds no weights");
  std::sort(weights.tensors.begin(), weights.tensors.end(),
            [](const NamedView& a, const NamedView& b) { return a.name < b.name; });
  NoteTypes(weights);
  return weights;
}

}  // namespace gyrus

#include "models/weights/weights_file.h"

#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status.h"
#include "core/weights/weight_views.h"
#include "models/torch_boundary.h"

namespace gyrus {

absl::StatusOr<LoadedWeights> ParseWeights(absl::string_view bytes) {
  GYRUS_ASSIGN_OR_RETURN(WeightViews views, ParseWeightViews(bytes));
  LoadedWeights weights{.format = std::move(views.format), .notes = std::move(views.notes)};
  GYRUS_RETURN_IF_ERROR(CallTorch("copying weights", [&] {
    for (const auto& [name, view] : views.tensors) {
      torch::Tensor tensor = torch::empty(view.shape, torch::kFloat32);
      CopyAsFloat32(view, std::span(tensor.data_ptr<float>(), tensor.numel()));
      weights.tensors.emplace(name, std::move(tensor));
    }
  }));
  return weights;
}

absl::StatusOr<LoadedWeights> ReadWeights(const std::string& path) {
  GYRUS_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  absl::StatusOr<LoadedWeights> weights = ParseWeights(file.bytes());
  if (!weights.ok()) return Annotate(weights.status(), absl::StrCat("reading weights ", path));
  return weights;
}

}  // namespace gyrus

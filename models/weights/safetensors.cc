#include "models/weights/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/weights/safetensors_view.h"

namespace gyrus {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kAlignment = 64;

// The header is padded with blanks, so that the data begins at an aligned offset. The
// format allows no gaps between tensors.
std::string Header(const NamedTensors& tensors) {
  Json header = Json::object();
  header["__metadata__"] = {{"format", "pt"}};
  size_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    const size_t end = offset + tensor.nbytes();
    header[name] = {
        {"dtype", "F32"}, {"shape", tensor.sizes().vec()}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 8 + kAlignment - 1) / kAlignment * kAlignment - 8, ' ');
  return text;
}

}  // namespace

absl::Status WriteSafetensors(const NamedTensors& tensors,
                              absl::FunctionRef<absl::Status(absl::string_view)> write) {
  const std::string header = Header(tensors);
  const uint64_t length = header.size();
  GYRUS_RETURN_IF_ERROR(write({reinterpret_cast<const char*>(&length), sizeof(length)}));
  GYRUS_RETURN_IF_ERROR(write(header));
  for (const auto& [name, tensor] : tensors) {
    GYRUS_RETURN_IF_ERROR(
        write({static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()}));
  }
  return absl::OkStatus();
}

absl::StatusOr<NamedTensors> ParseSafetensors(absl::string_view bytes) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<NamedView> views, ParseSafetensorsViews(bytes));
  NamedTensors tensors;
  for (const auto& [name, view] : views) {
    if (view.type != ElementType::kFloat32) {
      return absl::UnimplementedError(absl::StrCat("tensor ", name, " is not F32"));
    }
    torch::Tensor tensor = torch::empty(view.shape, torch::kFloat32);
    std::copy(view.bytes.begin(), view.bytes.end(), static_cast<char*>(tensor.data_ptr()));
    tensors.emplace(name, std::move(tensor));
  }
  return tensors;
}

}  // namespace gyrus

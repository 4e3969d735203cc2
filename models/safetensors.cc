#include "models/safetensors.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kAlignment = 64;

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

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("not a whole safetensors file: ", what));
}

// One entry of the header -> its tensor, copied out of `data`.
absl::StatusOr<torch::Tensor> ParseTensor(const std::string& name, const Json& entry,
                                          absl::string_view data) {
  if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
      !entry.contains("data_offsets") || !entry["shape"].is_array() ||
      !entry["data_offsets"].is_array() || entry["data_offsets"].size() != 2) {
    return Damaged(absl::StrCat("tensor ", name, " is not described"));
  }
  if (entry["dtype"] != "F32") {
    return absl::UnimplementedError(absl::StrCat("tensor ", name, " is not F32"));
  }
  std::vector<int64_t> shape;
  size_t bytes = sizeof(float);
  for (const Json& length : entry["shape"]) {
    if (!length.is_number_unsigned()) return Damaged(absl::StrCat("shape of ", name));
    shape.push_back(length.get<int64_t>());
    if (__builtin_mul_overflow(bytes, length.get<size_t>(), &bytes)) {
      return Damaged(absl::StrCat("shape of ", name));
    }
  }
  const Json& offsets = entry["data_offsets"];
  if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
    return Damaged(absl::StrCat("place of ", name));
  }
  const size_t begin = offsets[0].get<size_t>();
  const size_t end = offsets[1].get<size_t>();
  if (begin > end || end > data.size() || end - begin != bytes) {
    return Damaged(absl::StrCat("place of ", name));
  }
  torch::Tensor tensor = torch::empty(shape, torch::kFloat32);
  std::memcpy(tensor.data_ptr(), data.data() + begin, bytes);
  return tensor;
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
  uint64_t length = 0;
  if (bytes.size() < sizeof(length)) return Damaged("no header");
  std::memcpy(&length, bytes.data(), sizeof(length));
  bytes.remove_prefix(sizeof(length));
  if (length > bytes.size()) return Damaged("the header is cut short");
  const Json header = Json::parse(bytes.substr(0, length), nullptr, /*allow_exceptions=*/false);
  if (!header.is_object()) return Damaged("the header is no JSON object");
  NamedTensors tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    GYRUS_ASSIGN_OR_RETURN(torch::Tensor tensor, ParseTensor(name, entry, bytes.substr(length)));
    tensors.emplace(name, std::move(tensor));
  }
  return tensors;
}

}  // namespace gyrus

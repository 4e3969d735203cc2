#include "models/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
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

// A tensor's shape, and where its bytes are in the data.
struct Place {
  std::string name;
  std::vector<int64_t> shape;
  size_t begin = 0;
  size_t end = 0;
};

// The bytes of a tensor of `shape`, which is read into `lengths`; nothing where
// it is no shape.
std::optional<size_t> ReadShape(const Json& shape, std::vector<int64_t>& lengths) {
  size_t bytes = sizeof(float);
  // As if no length were 0: torch multiplies the others all the same.
  int64_t extent = sizeof(float);
  for (const Json& length : shape) {
    if (!length.is_number_unsigned()) return std::nullopt;
    const size_t n = length.get<size_t>();
    if (__builtin_mul_overflow(extent, std::max<size_t>(n, 1), &extent)) return std::nullopt;
    bytes *= n;
    lengths.push_back(static_cast<int64_t>(n));
  }
  return bytes;
}

// One entry of the header.
absl::StatusOr<Place> ReadPlace(const std::string& name, const Json& entry) {
  if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
      !entry.contains("data_offsets") || !entry["shape"].is_array() ||
      !entry["data_offsets"].is_array() || entry["data_offsets"].size() != 2) {
    return Damaged(absl::StrCat("tensor ", name, " is not described"));
  }
  if (entry["dtype"] != "F32") {
    return absl::UnimplementedError(absl::StrCat("tensor ", name, " is not F32"));
  }
  Place place{.name = name};
  const std::optional<size_t> bytes = ReadShape(entry["shape"], place.shape);
  if (!bytes.has_value()) return Damaged(absl::StrCat("shape of ", name));
  const Json& offsets = entry["data_offsets"];
  if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
    return Damaged(absl::StrCat("place of ", name));
  }
  place.begin = offsets[0].get<size_t>();
  place.end = offsets[1].get<size_t>();
  if (place.begin > place.end || place.end - place.begin != *bytes) {
    return Damaged(absl::StrCat("place of ", name));
  }
  return place;
}

// Each byte of the data belongs to one tensor.
absl::Status CheckPlaces(std::vector<Place>& places, size_t data_bytes) {
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  size_t end = 0;
  for (const Place& place : places) {
    if (place.begin != end) return Damaged(absl::StrCat("place of ", place.name));
    end = place.end;
  }
  if (end > data_bytes) return Damaged("the data is cut short");
  if (end < data_bytes) return Damaged("bytes of no tensor at the end");
  return absl::OkStatus();
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
  bytes.remove_prefix(length);
  std::vector<Place> places;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    GYRUS_ASSIGN_OR_RETURN(Place place, ReadPlace(name, entry));
    places.push_back(std::move(place));
  }
  GYRUS_RETURN_IF_ERROR(CheckPlaces(places, bytes.size()));
  NamedTensors tensors;
  for (const Place& place : places) {
    torch::Tensor tensor = torch::empty(place.shape, torch::kFloat32);
    const absl::string_view data = bytes.substr(place.begin, place.end - place.begin);
    std::copy(data.begin(), data.end(), static_cast<char*>(tensor.data_ptr()));
    tensors.emplace(place.name, std::move(tensor));
  }
  return tensors;
}

}  // namespace gyrus

#include "core/weights/safetensors_view.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {
namespace {

using Json = nlohmann::ordered_json;

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("not a whole safetensors file: ", what));
}

std::optional<ElementType> TypeOf(const Json& dtype) {
  static constexpr std::pair<const char*, ElementType> kTypes[] = {
      {"F16", ElementType::kFloat16}, {"BF16", ElementType::kBfloat16},
      {"F32", ElementType::kFloat32}, {"F64", ElementType::kFloat64},
      {"BOOL", ElementType::kBool},   {"U8", ElementType::kUint8},
      {"I8", ElementType::kInt8},     {"I16", ElementType::kInt16},
      {"I32", ElementType::kInt32},   {"I64", ElementType::kInt64},
  };
  for (const auto& [name, type] : kTypes) {
    if (dtype == name) return type;
  }
  return std::nullopt;
}

// A tensor's shape, and where its bytes are in the data.
struct Claim {
  std::string name;
  TensorPlace place;
  size_t begin = 0;
  size_t end = 0;
};

bool ReadShape(const Json& shape, std::vector<int64_t>& lengths) {
  for (const Json& length : shape) {
    if (!length.is_number_unsigned()) return false;
    const uint64_t n = length.get<uint64_t>();
    if (n > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return false;
    lengths.push_back(static_cast<int64_t>(n));
  }
  return true;
}

// One entry of the header.
absl::StatusOr<Claim> ReadClaim(const std::string& name, const Json& entry) {
  if (!IsTensorName(name)) {
    return Damaged("the name of a tensor is too long or no text");
  }
  if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
      !entry.contains("data_offsets") || !entry["shape"].is_array() ||
      !entry["data_offsets"].is_array() || entry["data_offsets"].size() != 2) {
    return Damaged(absl::StrCat("tensor ", name, " is not described"));
  }
  const std::optional<ElementType> type = TypeOf(entry["dtype"]);
  if (!type.has_value()) {
    const std::string* text = entry["dtype"].get_ptr<const std::string*>();
    return absl::UnimplementedError(absl::StrCat("tensor ", name, " is of type ",
                                                 text != nullptr ? text->substr(0, 20) : "?",
                                                 ", which is not read"));
  }
  Claim claim{.name = name, .place = {.type = *type}};
  if (!ReadShape(entry["shape"], claim.place.shape)) {
    return Damaged(absl::StrCat("shape of ", name));
  }
  claim.place.strides = DenseStrides(claim.place.shape);
  const Json& offsets = entry["data_offsets"];
  if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
    return Damaged(absl::StrCat("place of ", name));
  }
  claim.begin = offsets[0].get<size_t>();
  claim.end = offsets[1].get<size_t>();
  if (claim.begin > claim.end) return Damaged(absl::StrCat("place of ", name));
  return claim;
}

// Each byte of the data belongs to one tensor.
absl::Status CheckClaims(const std::vector<Claim>& claims, size_t data_bytes) {
  std::vector<const Claim*> sorted;
  for (const Claim& claim : claims) sorted.push_back(&claim);
  std::sort(sorted.begin(), sorted.end(), [](const Claim* a, const Claim* b) {
    return std::tie(a->begin, a->end) < std::tie(b->begin, b->end);
  });
  size_t end = 0;
  for (const Claim* claim : sorted) {
    if (claim->begin != end) return Damaged(absl::StrCat("place of ", claim->name));
    end = claim->end;
    if (end > data_bytes) return Damaged(absl::StrCat("the data is cut short in ", claim->name));
  }
  if (end < data_bytes) return Damaged("bytes of no tensor at the end");
  return absl::OkStatus();
}

absl::StatusOr<NamedView> ViewOf(Claim claim, absl::string_view data) {
  data = data.substr(claim.begin, claim.end - claim.begin);
  absl::StatusOr<TensorView> view = MakeTensorView(claim.place, data);
  if (!view.ok()) return Annotate(view.status(), absl::StrCat("tensor ", claim.name));
  if (view->bytes.size() != data.size()) return Damaged(absl::StrCat("place of ", claim.name));
  return NamedView{std::move(claim.name), *std::move(view)};
}

}  // namespace

absl::StatusOr<std::vector<NamedView>> ParseSafetensorsViews(absl::string_view bytes) {
  uint64_t length = 0;
  if (bytes.size() < sizeof(length)) return Damaged("no header");
  std::memcpy(&length, bytes.data(), sizeof(length));
  bytes.remove_prefix(sizeof(length));
  if (length > bytes.size()) return Damaged("the header is cut short");
  const Json header = Json::parse(bytes.substr(0, length), nullptr, /*allow_exceptions=*/false);
  if (!header.is_object()) return Damaged("the header is no JSON object");
  bytes.remove_prefix(length);
  std::vector<Claim> claims;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    GYRUS_ASSIGN_OR_RETURN(Claim claim, ReadClaim(name, entry));
    claims.push_back(std::move(claim));
  }
  GYRUS_RETURN_IF_ERROR(CheckClaims(claims, bytes.size()));
  std::vector<NamedView> views;
  for (Claim& claim : claims) {
    GYRUS_ASSIGN_OR_RETURN(NamedView view, ViewOf(std::move(claim), bytes));
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace gyrus

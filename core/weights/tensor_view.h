// A tensor inside a weight file, without a copy: type, shape, strides and bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

enum class ElementType {
  kFloat16,
  kBfloat16,
  kFloat32,
  kFloat64,
  kBool,
  kUint8,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
};

size_t ElementBytes(ElementType type);
// "float16": PyTorch's name.
absl::string_view ElementName(ElementType type);
// float16 to float64.
bool IsFloating(ElementType type);

// Borrows its bytes. Made by MakeTensorView, so every element lies in them.
struct TensorView {
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;  // In elements; none is negative.
  absl::string_view bytes;       // From the first element on. Any alignment.
  int64_t elements = 0;
};

struct NamedView {
  std::string name;
  TensorView view;
};

// Where a tensor is in its storage, as a file claims it.
struct TensorPlace {
  ElementType type = ElementType::kFloat32;
  int64_t offset = 0;  // In elements.
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
};

// More than weights have.
inline constexpr size_t kMaxTensorAxes = 8;

// The strides of a tensor without holes, last axis first.
std::vector<int64_t> DenseStrides(std::span<const int64_t> shape);

// DATA_LOSS: negative numbers, an extent beyond 2^63 bytes, or elements outside
// `storage`. INVALID_ARGUMENT: more than kMaxTensorAxes.
absl::StatusOr<TensorView> MakeTensorView(const TensorPlace& place, absl::string_view storage);

// Writes the elements in C order, each as the nearest float32. `out` has room
// for view.elements.
void CopyAsFloat32(const TensorView& view, std::span<float> out);

// Text of at most 1,000 bytes, without control characters.
bool IsTensorName(absl::string_view name);

// "[64, 1, 3, 3, 3]".
std::string ShapeText(std::span<const int64_t> shape);

}  // namespace gyrus

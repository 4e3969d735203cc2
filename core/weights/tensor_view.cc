#include "core/weights/tensor_view.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/utf8.h"

namespace gyrus {
namespace {

// Converts exactly: every float16 is also a float32.
float FromFloat16(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t exponent = (half >> 10) & 0x1f;
  const uint32_t fraction = half & 0x3ff;
  if (exponent == 0x1f) {  // Infinite or no number; the payload is kept.
    const uint32_t quiet = fraction != 0 ? 0x400000u : 0;
    return std::bit_cast<float>(sign | 0x7f800000u | quiet | fraction << 13);
  }
  if (exponent == 0) {  // Subnormal: a normal float32.
    return std::copysign(std::ldexp(static_cast<float>(fraction), -24), std::bit_cast<float>(sign));
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

// Axes of length 1 are gone, and neighbours that are one run are one axis.
struct Axis {
  int64_t length;
  int64_t stride;
};

// Neighbouring axes that are contiguous in memory are merged, so that a contiguous tensor
// is read in one loop.
std::vector<Axis> MergedAxes(const TensorView& view) {
  std::vector<Axis> axes;
  for (size_t i = 0; i < view.shape.size(); ++i) {
    const Axis axis{view.shape[i], view.strides[i]};
    if (axis.length == 1) continue;
    if (!axes.empty() && axes.back().stride == axis.length * axis.stride) {
      axes.back() = {axes.back().length * axis.length, axis.stride};
    } else {
      axes.push_back(axis);
    }
  }
  if (axes.empty()) axes.push_back({1, 1});
  return axes;
}

template <typename ReadOne>
void Gather(const TensorView& view, std::span<float> out, ReadOne read) {
  // Strides of an empty tensor are unchecked: nothing is at them.
  if (view.elements == 0) return;
  const std::vector<Axis> axes = MergedAxes(view);
  const int64_t size = static_cast<int64_t>(ElementBytes(view.type));
  const int64_t row = axes.back().length;
  const int64_t step = axes.back().stride * size;
  std::vector<int64_t> index(axes.size(), 0);
  int64_t start = 0;  // The start of the row, in elements.
  for (size_t done = 0; done < out.size(); done += row) {
    const char* at = view.bytes.data() + start * size;
    for (int64_t i = 0; i < row; ++i) out[done + i] = read(at + i * step);
    for (size_t axis = axes.size() - 1; axis-- > 0;) {
      start += axes[axis].stride;
      if (++index[axis] < axes[axis].length) break;
      start -= axes[axis].stride * axes[axis].length;
      index[axis] = 0;
    }
  }
}

template <typename T>
float Rounded(const char* at) {
  return static_cast<float>(Load<T>(at));
}

absl::Status Damaged(absl::string_view what) { return absl::DataLossError(what); }

// The elements between the first and the last, both counted; 0 for an empty
// tensor. Fails where a number does not fit.
absl::StatusOr<int64_t> Extent(const TensorPlace& place) {
  int64_t extent = 1;
  bool empty = false;
  for (size_t i = 0; i < place.shape.size(); ++i) {
    if (place.shape[i] < 0 || place.strides[i] < 0) {
      return Damaged("a length or stride is negative");
    }
    if (place.shape[i] == 0) empty = true;
    int64_t way = 0;
    if (__builtin_mul_overflow(std::max<int64_t>(place.shape[i] - 1, 0), place.strides[i], &way) ||
        __builtin_add_overflow(extent, way, &extent)) {
      return Damaged("its extent is beyond all memory");
    }
  }
  return empty ? 0 : extent;
}

// The product of the lengths. As if no length were 0, so that what others
// compute from the shape fits too.
absl::StatusOr<int64_t> CountElements(const TensorPlace& place) {
  int64_t elements = 1;
  int64_t bytes = static_cast<int64_t>(ElementBytes(place.type));
  for (const int64_t length : place.shape) {
    if (__builtin_mul_overflow(bytes, std::max<int64_t>(length, 1), &bytes)) {
      return Damaged("its shape is beyond all memory");
    }
    elements *= length;
  }
  return elements;
}

}  // namespace

size_t ElementBytes(ElementType type) {
  switch (type) {
    case ElementType::kBool:
    case ElementType::kUint8:
    case ElementType::kInt8:
      return 1;
    case ElementType::kFloat16:
    case ElementType::kBfloat16:
    case ElementType::kInt16:
      return 2;
    case ElementType::kFloat32:
    case ElementType::kInt32:
      return 4;
    case ElementType::kFloat64:
    case ElementType::kInt64:
      return 8;
  }
  return 0;
}

absl::string_view ElementName(ElementType type) {
  switch (type) {
    case ElementType::kFloat16:
      return "float16";
    case ElementType::kBfloat16:
      return "bfloat16";
    case ElementType::kFloat32:
      return "float32";
    case ElementType::kFloat64:
      return "float64";
    case ElementType::kBool:
      return "bool";
    case ElementType::kUint8:
      return "uint8";
    case ElementType::kInt8:
      return "int8";
    case ElementType::kInt16:
      return "int16";
    case ElementType::kInt32:
      return "int32";
    case ElementType::kInt64:
      return "int64";
  }
  return "";
}

bool IsFloating(ElementType type) {
  return type == ElementType::kFloat16 || type == ElementType::kBfloat16 ||
         type == ElementType::kFloat32 || type == ElementType::kFloat64;
}

std::vector<int64_t> DenseStrides(std::span<const int64_t> shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) {
    // Any stride is right for an empty axis. Huge strides are left to the check.
    if (__builtin_mul_overflow(strides[i], std::max<int64_t>(shape[i], 1), &strides[i - 1])) {
      strides[i - 1] = INT64_MAX;
    }
  }
  return strides;
}

absl::StatusOr<TensorView> MakeTensorView(const TensorPlace& place, absl::string_view storage) {
  if (place.shape.size() != place.strides.size()) {
    return Damaged("it has not as many strides as lengths");
  }
  if (place.shape.size() > kMaxTensorAxes) {
    return absl::InvalidArgumentError(absl::StrCat("it has ", place.shape.size(), " axes"));
  }
  const absl::StatusOr<int64_t> extent = Extent(place);
  if (!extent.ok()) return extent.status();
  const absl::StatusOr<int64_t> elements = CountElements(place);
  if (!elements.ok()) return elements.status();
  const int64_t room = static_cast<int64_t>(storage.size() / ElementBytes(place.type));
  if (place.offset < 0 || place.offset > room || *extent > room - place.offset) {
    return Damaged(absl::StrCat("it ends beyond its storage of ", storage.size(), " bytes"));
  }
  TensorView view{
      .type = place.type, .shape = place.shape, .strides = place.strides, .elements = *elements};
  if (*elements > 0) {
    view.bytes =
        storage.substr(place.offset * ElementBytes(place.type), *extent * ElementBytes(place.type));
  }
  return view;
}

void CopyAsFloat32(const TensorView& view, std::span<float> out) {
  switch (view.type) {
    case ElementType::kFloat16:
      return Gather(view, out, [](const char* at) { return FromFloat16(Load<uint16_t>(at)); });
    case ElementType::kBfloat16:
      return Gather(view, out, [](const char* at) {
        return std::bit_cast<float>(static_cast<uint32_t>(Load<uint16_t>(at)) << 16);
      });
    case ElementType::kFloat32:
      return Gather(view, out, Load<float>);
    case ElementType::kFloat64:
      return Gather(view, out, Rounded<double>);
    case ElementType::kBool:
      return Gather(view, out, [](const char* at) { return *at != 0 ? 1.0f : 0.0f; });
    case ElementType::kUint8:
      return Gather(view, out, Rounded<uint8_t>);
    case ElementType::kInt8:
      return Gather(view, out, Rounded<int8_t>);
    case ElementType::kInt16:
      return Gather(view, out, Rounded<int16_t>);
    case ElementType::kInt32:
      return Gather(view, out, Rounded<int32_t>);
    case ElementType::kInt64:
      return Gather(view, out, Rounded<int64_t>);
  }
}

bool IsTensorName(absl::string_view name) {
  constexpr size_t kMaxBytes = 1000;
  return name.size() <= kMaxBytes && FirstByteThatIsNoText(name) == std::string::npos;
}

std::string ShapeText(std::span<const int64_t> shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

}  // namespace gyrus

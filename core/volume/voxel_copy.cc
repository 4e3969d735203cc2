#include "core/volume/voxel_copy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "core/volume/simd_transpose.h"

namespace gyrus {
namespace {

static_assert(std::endian::native == std::endian::little, "voxels are little endian in memory");

// Tiles are this wide and high, and are turned in strips that fit into the
// registers of any x86-64.
constexpr int64_t kTile = Plane::kTile;

typedef int16_t Short8 __attribute__((vector_size(16)));
typedef int32_t Int4 __attribute__((vector_size(16)));
typedef float Float4 __attribute__((vector_size(16)));

template <typename T>
T Load(const char* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}

template <typename T>
T LoadSwapped(const char* p) {
  std::array<char, sizeof(T)> bytes;
  for (size_t i = 0; i < sizeof(T); ++i) bytes[i] = p[sizeof(T) - 1 - i];
  return std::bit_cast<T>(bytes);
}

// A reader turns stored bytes into voxels: one float, or a row of a strip. Rows
// of small integers stay integers until they are turned, which halves the work.

template <typename T>
struct SmallIntegerReader {
  static constexpr int64_t kBytes = sizeof(T);
  static constexpr int64_t kRowVoxels = 8;

  float operator()(const char* p) const { return Load<T>(p); }
  Short8 LoadRow(const char* p) const {
    typedef T Stored __attribute__((vector_size(8 * sizeof(T))));
    return __builtin_convertvector(Load<Stored>(p), Short8);
  }
  bool TurnWide(const char* stored, const Plane& plane, float* out, bool&) const {
    return sizeof(T) == 2 && TurnInt16Wide(stored, plane, out);
  }
};

struct FloatReader {
  static constexpr int64_t kBytes = sizeof(float);
  static constexpr int64_t kRowVoxels = 4;

  float operator()(const char* p) const { return Load<float>(p); }
  Float4 LoadRow(const char* p) const { return Load<Float4>(p); }
  bool TurnWide(const char* stored, const Plane& plane, float* out, bool& finite) const {
    return TurnFloatWide(stored, plane, out, finite);
  }
};

// Every other type, big endian, or scaled.
template <typename T>
struct CodedReader {
  static constexpr int64_t kBytes = sizeof(T);
  static constexpr int64_t kRowVoxels = 4;

  float operator()(const char* p) const {
    const double value = static_cast<double>(big_endian ? LoadSwapped<T>(p) : Load<T>(p));
    return static_cast<float>(value * slope + inter);
  }
  Float4 LoadRow(const char* p) const {
    const CodedReader& read = *this;
    return Float4{read(p), read(p + kBytes), read(p + 2 * kBytes), read(p + 3 * kBytes)};
  }
  bool TurnWide(const char*, const Plane&, float*, bool&) const { return false; }

  bool big_endian;
  double slope;
  double inter;
};

// Remembers whether any value was NaN or infinite: minus itself it is not 0.
class FiniteCheck {
 public:
  void Add(Float4 values) { bad_ |= std::bit_cast<Int4>(values - values); }
  void Add(float value) { Add(Float4{value, 0, 0, 0}); }
  void Add(Short8) {}
  bool finite() const { return (bad_[0] | bad_[1] | bad_[2] | bad_[3]) == 0; }

 private:
  Int4 bad_ = {0, 0, 0, 0};
};

// A strip as it is stored: kTile rows, of as many voxels as a register holds.
template <typename Row>
using Strip = std::array<Row, kTile>;

// Writes row r of the output from column r of the strip.
inline void StoreTurned(const Strip<Float4>& strip, float* out, int64_t out_stride) {
  for (int half = 0; half < 2; ++half) {
    const Float4* const rows = &strip[4 * half];
    const Float4 low01 = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
    const Float4 low23 = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
    const Float4 high01 = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
    const Float4 high23 = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
    const std::array<Float4, 4> turned = {__builtin_shufflevector(low01, low23, 0, 1, 4, 5),
                                          __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
                                          __builtin_shufflevector(high01, high23, 0, 1, 4, 5),
                                          __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
    for (int i = 0; i < 4; ++i) {
      std::memcpy(out + i * out_stride + 4 * half, &turned[i], sizeof(Float4));
    }
  }
}

inline Short8 MergeLow(Short8 a, Short8 b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
inline Short8 MergeHigh(Short8 a, Short8 b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// Each number is there twice; the shift leaves the upper one with its sign.
inline void StoreDoubled(Short8 doubled, float* out) {
  const Float4 values = __builtin_convertvector(std::bit_cast<Int4>(doubled) >> 16, Float4);
  std::memcpy(out, &values, sizeof(values));
}

inline void StoreTurned(Strip<Short8> rows, float* out, int64_t out_stride) {
  // Merging row r with row r + 4, three times over, is a transpose.
#pragma GCC unroll 3
  for (int step = 0; step < 3; ++step) {
    Strip<Short8> merged;
    for (int i = 0; i < 4; ++i) {
      merged[2 * i] = MergeLow(rows[i], rows[i + 4]);
      merged[2 * i + 1] = MergeHigh(rows[i], rows[i + 4]);
    }
    rows = merged;
  }
#pragma GCC unroll 8
  for (int i = 0; i < kTile; ++i) {
    StoreDoubled(MergeLow(rows[i], rows[i]), out + i * out_stride);
    StoreDoubled(MergeHigh(rows[i], rows[i]), out + i * out_stride + 4);
  }
}

// Copies a plane whose stored voxels are neighbours along `a` and whose output
// voxels are neighbours along `b`.
template <typename Reader>
class Copier {
 public:
  Copier(const Reader& reader, Registers registers) : reader_(reader), registers_(registers) {}

  void CopyPlane(const char* stored, const Plane& plane, float* out) {
    if (plane.a_size < kTile || plane.b_size < kTile) return CopySmallPlane(stored, plane, out);
    if (registers_ == Registers::kWidest && reader_.TurnWide(stored, plane, out, finite_)) return;
    FiniteCheck check = check_;  // In a register: `out` might be any memory.
    // The last tile of a row or column overlaps the one before it.
    for (int64_t a = 0; a < plane.a_size; a += kTile) {
      const int64_t a0 = std::min(a, plane.a_size - kTile);
      for (int64_t b = 0; b < plane.b_size; b += kTile) {
        const int64_t b0 = std::min(b, plane.b_size - kTile);
        CopyTile(stored + (b0 * plane.stored_b + a0) * kBytes, plane.stored_b * kBytes,
                 out + a0 * plane.out_a + b0, plane.out_a, check);
      }
    }
    check_ = check;
  }

  // Neighbours on both sides; `step` is 1 or -1.
  void CopyRow(const char* stored, int64_t step, int64_t size, float* out) {
    for (int64_t i = 0; i < size; ++i) out[i] = Read(stored + i * step * kBytes);
  }

  bool finite() const { return finite_ && check_.finite(); }

 private:
  static constexpr int64_t kBytes = Reader::kBytes;

  float Read(const char* p) {
    const float value = reader_(p);
    check_.Add(value);
    return value;
  }

  void CopySmallPlane(const char* stored, const Plane& plane, float* out) {
    for (int64_t a = 0; a < plane.a_size; ++a) {
      for (int64_t b = 0; b < plane.b_size; ++b) {
        out[a * plane.out_a + b] = Read(stored + (b * plane.stored_b + a) * kBytes);
      }
    }
  }

  void CopyTile(const char* stored, int64_t stored_stride_bytes, float* out, int64_t out_stride,
                FiniteCheck& check) {
    using Row = decltype(reader_.LoadRow(stored));
    for (int64_t a = 0; a < kTile; a += Reader::kRowVoxels) {
      Strip<Row> strip;
      for (int64_t b = 0; b < kTile; ++b) {
        strip[b] = reader_.LoadRow(stored + b * stored_stride_bytes + a * kBytes);
        check.Add(strip[b]);
      }
      StoreTurned(strip, out + a * out_stride, out_stride);
    }
  }

  const Reader reader_;
  const Registers registers_;
  FiniteCheck check_;
  bool finite_ = true;
};

template <typename Reader>
bool CopyRows(const Reader& reader, const char* first, const GridView& view, float* out) {
  Copier<Reader> copier(reader, Registers::kPortable);
  const auto [nx, ny, nz] = view.shape;
  for (int64_t i = 0; i < nx; ++i) {
    for (int64_t j = 0; j < ny; ++j) {
      const int64_t start = i * view.stride[0] + j * view.stride[1];
      copier.CopyRow(first + start * Reader::kBytes, view.stride[2], nz, out + (i * ny + j) * nz);
    }
  }
  return copier.finite();
}

// `a` is the axis, 0 or 1, along which stored voxels are neighbours.
template <typename Reader>
bool CopyPlanes(const Reader& reader, const char* first, const GridView& view, int a,
                Registers registers, float* out) {
  Copier<Reader> copier(reader, registers);
  const int c = 1 - a;
  const std::array<int64_t, 2> out_stride = {view.shape[1] * view.shape[2], view.shape[2]};
  Plane plane = {view.shape[a], view.shape[2], view.stride[2], out_stride[a]};
  if (view.stride[a] < 0) {
    // Stored voxels are read forwards all the same, and written backwards.
    const int64_t last = view.shape[a] - 1;
    first += last * view.stride[a] * Reader::kBytes;
    out += last * out_stride[a];
    plane.out_a = -out_stride[a];
  }
  for (int64_t i = 0; i < view.shape[c]; ++i) {
    copier.CopyPlane(first + i * view.stride[c] * Reader::kBytes, plane, out + i * out_stride[c]);
  }
  return copier.finite();
}

template <typename Reader>
bool CopyWith(const Reader& reader, const char* stored, const GridView& view, Registers registers,
              float* out) {
  const char* const first = stored + view.first * Reader::kBytes;
  if (std::abs(view.stride[2]) == 1) return CopyRows(reader, first, view, out);
  return CopyPlanes(reader, first, view, std::abs(view.stride[0]) == 1 ? 0 : 1, registers, out);
}

}  // namespace

bool CopyVoxels(const char* stored, const VoxelCoding& coding, const GridView& view, float* out,
                Registers registers) {
  // Each type gets a loop of its own, compiled for that type. Files that need neither
  // swapping nor scaling get a faster one.
  const auto copy = [&](const auto& reader) {
    return CopyWith(reader, stored, view, registers, out);
  };
  const auto coded = [&]<typename T>(T) {
    return copy(CodedReader<T>{coding.big_endian, coding.slope, coding.inter});
  };
  const bool plain = !coding.big_endian && coding.slope == 1 && coding.inter == 0;
  switch (coding.type) {
    case NiftiType::kUint8:
      return plain ? copy(SmallIntegerReader<uint8_t>()) : coded(uint8_t{});
    case NiftiType::kInt16:
      return plain ? copy(SmallIntegerReader<int16_t>()) : coded(int16_t{});
    case NiftiType::kInt32:
      return coded(int32_t{});
    case NiftiType::kFloat32:
      return plain ? copy(FloatReader()) : coded(float{});
    case NiftiType::kFloat64:
      return coded(double{});
    case NiftiType::kInt8:
      return coded(int8_t{});
    case NiftiType::kUint16:
      return coded(uint16_t{});
    case NiftiType::kUint32:
      return coded(uint32_t{});
    case NiftiType::kInt64:
      return coded(int64_t{});
    case NiftiType::kUint64:
      return coded(uint64_t{});
  }
  return false;
}

}  // namespace gyrus

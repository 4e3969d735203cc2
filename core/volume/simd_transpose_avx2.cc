// The functions below alone are compiled for AVX2; inline code shared with the
// rest of the program must not be, so the file as a whole is not.
#include <immintrin.h>

#include <algorithm>

#include "core/volume/simd_transpose.h"

#define GYRUS_AVX2 [[gnu::target("avx2")]]
#define GYRUS_AVX2_INLINE [[gnu::target("avx2"), gnu::always_inline]] inline

namespace gyrus {
namespace {

constexpr int64_t kTile = Plane::kTile;

bool HasAvx2() {
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
}

struct Int16Tile {
  static constexpr int64_t kBytes = 2;

  GYRUS_AVX2_INLINE void Turn(const char* stored, int64_t stride_bytes, float* out,
                              int64_t out_stride) {
    __m128i row[kTile], pair[kTile], four[kTile];
    for (int i = 0; i < kTile; ++i) {
      row[i] = _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(stored + i * stride_bytes));
    }
    for (int i = 0; i < 4; ++i) {
      pair[i] = _mm_unpacklo_epi16(row[2 * i], row[2 * i + 1]);
      pair[4 + i] = _mm_unpackhi_epi16(row[2 * i], row[2 * i + 1]);
    }
    for (int i = 0; i < 4; ++i) {
      four[2 * i] = _mm_unpacklo_epi32(pair[2 * i], pair[2 * i + 1]);
      four[2 * i + 1] = _mm_unpackhi_epi32(pair[2 * i], pair[2 * i + 1]);
    }
    for (int i = 0; i < kTile; ++i) {
      // Rows 0 to 3 of two columns are in one register, 4 to 7 two further.
      const __m128i low = four[i / 4 * 4 + i / 2 % 2], high = four[i / 4 * 4 + i / 2 % 2 + 2];
      const __m128i column =
          i % 2 == 0 ? _mm_unpacklo_epi64(low, high) : _mm_unpackhi_epi64(low, high);
      _mm256_storeu_ps(out + i * out_stride, _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(column)));
    }
  }
};

struct FloatTile {
  static constexpr int64_t kBytes = 4;

  GYRUS_AVX2_INLINE void Turn(const char* stored, int64_t stride_bytes, float* out,
                              int64_t out_stride) {
    __m256 row[kTile], pair[kTile], four[kTile];
    for (int i = 0; i < kTile; ++i) {
      row[i] = _mm256_castsi256_ps(
          _mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(stored + i * stride_bytes)));
      bad = _mm256_or_ps(bad, _mm256_sub_ps(row[i], row[i]));
    }
    for (int i = 0; i < 4; ++i) {
      pair[2 * i] = _mm256_unpacklo_ps(row[2 * i], row[2 * i + 1]);
      pair[2 * i + 1] = _mm256_unpackhi_ps(row[2 * i], row[2 * i + 1]);
    }
    // Each half of a register holds four rows of one column.
    for (int i = 0; i < kTile; i += 4) {
      four[i] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0x44);
      four[i + 1] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0xee);
      four[i + 2] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0x44);
      four[i + 3] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0xee);
    }
    for (int i = 0; i < 4; ++i) {
      _mm256_storeu_ps(out + i * out_stride, _mm256_permute2f128_ps(four[i], four[4 + i], 0x20));
      _mm256_storeu_ps(out + (4 + i) * out_stride,
                       _mm256_permute2f128_ps(four[i], four[4 + i], 0x31));
    }
  }

  // Bits of what is not 0 when subtracted from itself: NaN and infinity.
  __m256 bad;
};

// The last tile of a row or column overlaps the one before it.
template <typename Tile>
GYRUS_AVX2 void TurnPlane(const char* stored, const Plane& plane, float* out, Tile& result) {
  Tile tile = result;  // In a register: `out` might be any memory.
  for (int64_t a = 0; a < plane.a_size; a += kTile) {
    const int64_t a0 = std::min(a, plane.a_size - kTile);
    for (int64_t b = 0; b < plane.b_size; b += kTile) {
      const int64_t b0 = std::min(b, plane.b_size - kTile);
      tile.Turn(stored + (b0 * plane.stored_b + a0) * Tile::kBytes, plane.stored_b * Tile::kBytes,
                out + a0 * plane.out_a + b0, plane.out_a);
    }
  }
  result = tile;
}

GYRUS_AVX2 void TurnFloats(const char* stored, const Plane& plane, float* out, bool& finite) {
  FloatTile tile = {_mm256_setzero_ps()};
  TurnPlane(stored, plane, out, tile);
  const __m256i bits = _mm256_castps_si256(tile.bad);
  if (!_mm256_testz_si256(bits, bits)) finite = false;
}

GYRUS_AVX2 void TurnInt16s(const char* stored, const Plane& plane, float* out) {
  Int16Tile tile;
  TurnPlane(stored, plane, out, tile);
}

}  // namespace

bool TurnInt16Wide(const char* stored, const Plane& plane, float* out) {
  if (!HasAvx2()) return false;
  TurnInt16s(stored, plane, out);
  return true;
}

bool TurnFloatWide(const char* stored, const Plane& plane, float* out, bool& finite) {
  if (!HasAvx2()) return false;
  TurnFloats(stored, plane, out, finite);
  return true;
}

}  // namespace gyrus

#include "core/volume/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "absl/base/internal/raw_logging.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr size_t kMinMemberBytes = 18;  // header, trailer, no data
constexpr size_t kMaxRatio = 1032;      // of DEFLATE
constexpr int kFastLevel = 2;

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};
struct FreeCompressor {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
};

// The trailer tells the size of the last member, modulo 2^32. A lie costs time,
// never memory beyond what the stream could hold.
size_t LikelySize(absl::string_view bytes, size_t limit_bytes) {
  uint32_t told = 0;
  for (int i = 3; i >= 0; --i) {
    told = told << 8 | static_cast<uint8_t>(bytes[bytes.size() - 4 + i]);
  }
  const size_t largest = bytes.size() * kMaxRatio;
  return std::min({std::max<size_t>(told, 1), largest, limit_bytes});
}

absl::Status TooLarge(size_t limit_bytes) {
  return absl::ResourceExhaustedError(
      absl::StrCat("decompresses to more than ", limit_bytes, " bytes"));
}

absl::Status Damaged(absl::string_view bytes, size_t member_begin) {
  if (bytes.size() - member_begin < kMinMemberBytes) {
    return absl::DataLossError(
        absl::StrCat("gzip stream is cut short after ", bytes.size(), " bytes"));
  }
  return absl::DataLossError(absl::StrCat("gzip stream is damaged or cut short (", bytes.size(),
                                          " bytes; its checksum does not hold)"));
}

}  // namespace

absl::Status ByteBuffer::Reserve(size_t capacity) {
  if (capacity <= capacity_) return absl::OkStatus();
  std::unique_ptr<char[]> grown(new (std::nothrow) char[capacity]);
  if (grown == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat("no memory for ", capacity, " bytes"));
  }
  if (size_ > 0) std::memcpy(grown.get(), data_.get(), size_);
  data_ = std::move(grown);
  capacity_ = capacity;
  return absl::OkStatus();
}

bool IsGzip(absl::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

absl::Status Gunzip(absl::string_view bytes, ByteBuffer& out, size_t limit_bytes) {
  out.SetSize(0);
  if (bytes.size() < kMinMemberBytes) return Damaged(bytes, 0);
  GYRUS_RETURN_IF_ERROR(out.Reserve(LikelySize(bytes, limit_bytes)));
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  if (decompressor == nullptr) return absl::ResourceExhaustedError("no memory to decompress");
  size_t read = 0;
  while (read < bytes.size()) {
    // Tapes and some tools fill the last block with zeros.
    if (read > 0 && bytes.find_first_not_of('\0', read) == absl::string_view::npos) break;
    const size_t size = out.bytes().size();
    size_t member_read = 0;
    size_t member_size = 0;
    const libdeflate_result result = libdeflate_gzip_decompress_ex(
        decompressor.get(), bytes.data() + read, bytes.size() - read, out.data() + size,
        std::min(out.capacity(), limit_bytes) - size, &member_read, &member_size);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (out.capacity() >= limit_bytes) return TooLarge(limit_bytes);
      GYRUS_RETURN_IF_ERROR(out.Reserve(std::min(limit_bytes, 2 * out.capacity() + 4096)));
      continue;
    }
    if (result != LIBDEFLATE_SUCCESS) return Damaged(bytes, read);
    read += member_read;
    out.SetSize(size + member_size);
  }
  return absl::OkStatus();
}

std::string Gzip(absl::string_view bytes) {
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
      libdeflate_alloc_compressor(kFastLevel));
  ABSL_RAW_CHECK(compressor != nullptr, "no memory to compress");
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  const size_t size = libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(),
                                               out.data(), out.size());
  out.resize(size);
  return out;
}

}  // namespace gyrus

#include "core/weights/testing/zip_fixture.h"

#include <libdeflate.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
constexpr uint32_t kLocal = 0x04034b50;
constexpr uint32_t kCentral = 0x02014b50;
constexpr uint32_t kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50;
constexpr uint32_t kLocator64 = 0x07064b50;
constexpr uint32_t kLarge = 0xffffffff;

std::string Number(uint64_t value, int bytes) {
  std::string text;
  // The shift is by less than 64 bits; what is beyond is 0.
  for (int i = 0; i < bytes; ++i) text += i < 8 ? static_cast<char>(value >> (8 * i) & 0xff) : '\0';
  return text;
}

std::string Deflated(const std::string& data) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(9), &libdeflate_free_compressor);
  std::string packed(libdeflate_deflate_compress_bound(compressor.get(), data.size()), '\0');
  packed.resize(libdeflate_deflate_compress(compressor.get(), data.data(), data.size(),
                                            packed.data(), packed.size()));
  return packed;
}

// A local or central header from the version on: `before` is what only the
// central one has.
std::string Header(const ZipEntry& entry, const std::string& packed, const std::string& name,
                   const std::string& before) {
  const uint32_t crc = libdeflate_crc32(0, entry.data.data(), entry.data.size());
  const uint32_t packed_bytes = entry.packed_bytes.value_or(packed.size());
  const uint32_t unpacked_bytes = entry.unpacked_bytes.value_or(entry.data.size());
  std::string extra;
  if (entry.zip64) {
    extra = Number(1, 2) + Number(16, 2) + Number(unpacked_bytes, 8) + Number(packed_bytes, 8);
  }
  return absl::StrCat(Number(45, 2), Number(entry.flags.value_or(0), 2),
                      Number(entry.method.value_or(entry.deflate ? 8 : 0), 2), Number(0, 4),
                      Number(entry.crc.value_or(crc), 4),
                      Number(entry.zip64 ? kLarge : packed_bytes, 4),
                      Number(entry.zip64 ? kLarge : unpacked_bytes, 4), Number(name.size(), 2),
                      Number(extra.size(), 2)) +
         absl::StrCat(before, name, extra);
}

}  // namespace

std::string ZipOf(const std::vector<ZipEntry>& entries, bool zip64) {
  std::string bytes;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const std::string packed = entry.deflate ? Deflated(entry.data) : entry.data;
    const std::string local_name = entry.local_name.value_or(entry.name);
    const uint32_t offset = entry.offset.value_or(bytes.size());
    absl::StrAppend(
        &directory, Number(kCentral, 4), Number(45, 2),
        Header(entry, packed, entry.name, Number(0, 2 + 2 + 2 + 4) + Number(offset, 4)));
    if (entry.offset.has_value()) continue;
    absl::StrAppend(&bytes, Number(kLocal, 4), Header(entry, packed, local_name, ""), packed);
  }
  const uint64_t start = bytes.size();
  absl::StrAppend(&bytes, directory);
  if (zip64) {
    const uint64_t end = bytes.size();
    absl::StrAppend(&bytes, Number(kEnd64, 4), Number(44, 8), Number(45, 2), Number(45, 2),
                    Number(0, 8), Number(entries.size(), 8), Number(entries.size(), 8),
                    Number(directory.size(), 8), Number(start, 8));
    absl::StrAppend(&bytes, Number(kLocator64, 4), Number(0, 4), Number(end, 8), Number(1, 4));
  }
  const uint64_t count = zip64 ? 0xffff : entries.size();
  absl::StrAppend(&bytes, Number(kEnd, 4), Number(0, 4), Number(count, 2), Number(count, 2),
                  Number(zip64 ? kLarge : directory.size(), 4), Number(zip64 ? kLarge : start, 4),
                  Number(0, 2));
  return bytes;
}

}  // namespace gyrus

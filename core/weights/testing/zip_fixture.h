// Zip archives written by hand, so that they can lie.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gyrus {

struct ZipEntry {
  std::string name;
  std::string data;
  bool deflate = false;
  bool zip64 = false;  // Sizes in the extra field, as for large entries.

  // Values that the headers claim instead of the true ones.
  std::optional<uint16_t> method;
  std::optional<uint16_t> flags;
  std::optional<uint32_t> crc;
  std::optional<uint32_t> packed_bytes;
  std::optional<uint32_t> unpacked_bytes;
  std::optional<std::string> local_name;
  // Where the directory looks for it; it is written nowhere else.
  std::optional<uint32_t> offset;
};

// With `zip64`, the end of the directory is in the form of large archives.
std::string ZipOf(const std::vector<ZipEntry>& entries, bool zip64 = false);

}  // namespace gyrus

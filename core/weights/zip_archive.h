// Reads a zip archive that is in memory, as torch.save writes one. It trusts nothing
// in it, because the file comes from somebody else.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct zip;

namespace gyrus {

// The directory is read once and believed only where it agrees with the headers
// of the entries. All that is unpacked stays under a multiple of the archive's
// own size, so a small file cannot fill the memory.
//
// One thread.
class ZipArchive {
 public:
  // `bytes` must outlive this.
  //  * DATA_LOSS: no archive, cut short, or one that contradicts itself; two
  //    entries of one name, or that share bytes.
  //  * INVALID_ARGUMENT: more than 65,536 entries; an entry that is encrypted,
  //    packed otherwise than by deflate, or whose name leaves its folder;
  //    entries that unpack to more than kMaxRatio times the archive and
  //    kFreeBytes.
  static absl::StatusOr<ZipArchive> Open(absl::string_view bytes);

  // Sizes by name, folders left out.
  const std::map<std::string, uint64_t, std::less<>>& sizes() const { return sizes_; }

  // Unpacks an entry. NOT_FOUND: no such entry. DATA_LOSS: its CRC-32 or size
  // is another.
  absl::StatusOr<std::string> Read(absl::string_view name);

  static constexpr uint64_t kMaxRatio = 16;
  static constexpr uint64_t kFreeBytes = uint64_t{64} << 20;

 private:
  struct Discard {
    void operator()(zip* archive) const;
  };
  using Handle = std::unique_ptr<zip, Discard>;

  explicit ZipArchive(Handle archive) : archive_(std::move(archive)) {}
  absl::Status ReadDirectory(uint64_t archive_bytes);
  // Takes entry `index` into the directory; adds its bytes to the sums.
  absl::Status AddEntry(uint64_t index, uint64_t& packed, uint64_t& unpacked);

  Handle archive_;
  std::map<std::string, uint64_t, std::less<>> sizes_;
  std::map<std::string, uint64_t, std::less<>> indices_;
};

}  // namespace gyrus

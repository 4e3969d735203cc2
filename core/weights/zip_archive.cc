#include "core/weights/zip_archive.h"

#include <zip.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr int64_t kMaxEntries = 65536;

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("not a whole zip archive: ", what));
}

absl::Status FromZip(zip_error_t& error) {
  const std::string text = zip_error_strerror(&error);
  if (zip_error_code_zip(&error) == ZIP_ER_MEMORY) return absl::ResourceExhaustedError(text);
  return Damaged(text);
}

// A name may not lead out of the folder that it is unpacked into, even though
// nothing is unpacked into one here: who makes such a file means harm.
bool Leaves(absl::string_view name) {
  if (name.empty() || name[0] == '/' || absl::StrContains(name, '\\')) return true;
  for (const absl::string_view part : absl::StrSplit(name, '/')) {
    if (part == "..") return true;
  }
  return false;
}

absl::Status CheckEntry(const zip_stat_t& entry) {
  constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                   ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((entry.valid & kNeeded) != kNeeded) return Damaged("an entry is not described");
  const std::string name = absl::CHexEscape(entry.name);
  if (Leaves(entry.name)) {
    return absl::InvalidArgumentError(absl::StrCat("entry ", name, " leaves its folder"));
  }
  if (entry.encryption_method != ZIP_EM_NONE) {
    return absl::InvalidArgumentError(absl::StrCat("entry ", name, " is encrypted"));
  }
  if (entry.comp_method != ZIP_CM_STORE && entry.comp_method != ZIP_CM_DEFLATE) {
    return absl::InvalidArgumentError(absl::StrCat("entry ", name, " is packed by method ",
                                                   entry.comp_method, "; only deflate is read"));
  }
  if (entry.comp_method == ZIP_CM_STORE && entry.comp_size != entry.size) {
    return Damaged(absl::StrCat("sizes of entry ", name));
  }
  return absl::OkStatus();
}

}  // namespace

void ZipArchive::Discard::operator()(zip* archive) const { zip_discard(archive); }

absl::StatusOr<ZipArchive> ZipArchive::Open(absl::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source == nullptr) return FromZip(error);
  zip_t* opened = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (opened == nullptr) {
    zip_source_free(source);
    return FromZip(error);
  }
  ZipArchive archive{Handle(opened)};
  GYRUS_RETURN_IF_ERROR(archive.ReadDirectory(bytes.size()));
  return archive;
}

absl::Status ZipArchive::ReadDirectory(uint64_t archive_bytes) {
  const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
  if (count < 0 || count > kMaxEntries) {
    return absl::InvalidArgumentError(absl::StrCat("a zip archive of ", count, " entries"));
  }
  uint64_t packed = 0;
  uint64_t unpacked = 0;
  for (zip_int64_t index = 0; index < count; ++index) {
    GYRUS_RETURN_IF_ERROR(AddEntry(index, packed, unpacked));
  }
  // Entries that share bytes would pass one by one.
  if (packed > archive_bytes) return Damaged("entries overlap");
  if (unpacked > kFreeBytes + kMaxRatio * archive_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a zip archive of ", archive_bytes, " bytes that unpacks to ", unpacked));
  }
  return absl::OkStatus();
}

absl::Status ZipArchive::AddEntry(uint64_t index, uint64_t& packed, uint64_t& unpacked) {
  zip_stat_t entry;
  zip_stat_init(&entry);
  if (zip_stat_index(archive_.get(), index, 0, &entry) != 0) {
    return FromZip(*zip_get_error(archive_.get()));
  }
  GYRUS_RETURN_IF_ERROR(CheckEntry(entry));
  if (__builtin_add_overflow(packed, entry.comp_size, &packed) ||
      __builtin_add_overflow(unpacked, entry.size, &unpacked)) {
    return Damaged("sizes of its entries");
  }
  // No name is there twice: libzip's checks have refused such an archive.
  if (absl::EndsWith(entry.name, "/")) return absl::OkStatus();
  indices_.emplace(entry.name, index);
  sizes_.emplace(entry.name, entry.size);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ZipArchive::Read(absl::string_view name) {
  const auto found = indices_.find(name);
  if (found == indices_.end()) {
    return absl::NotFoundError(absl::StrCat("the archive has no ", name));
  }
  zip_file_t* file = zip_fopen_index(archive_.get(), found->second, 0);
  if (file == nullptr) return FromZip(*zip_get_error(archive_.get()));
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> closer(file, &zip_fclose);
  std::string bytes(sizes_.find(name)->second, '\0');
  size_t done = 0;
  // One read more than there are bytes: the CRC-32 is compared at the end.
  while (true) {
    char beyond = 0;
    const bool full = done == bytes.size();
    const zip_int64_t n =
        zip_fread(file, full ? &beyond : bytes.data() + done, full ? 1 : bytes.size() - done);
    if (n < 0) {
      return Annotate(FromZip(*zip_file_get_error(file)), absl::StrCat("entry ", name));
    }
    if (n == 0) break;
    if (full) return Damaged(absl::StrCat("entry ", name, " is longer than it says"));
    done += static_cast<size_t>(n);
  }
  if (done != bytes.size()) return Damaged(absl::StrCat("entry ", name, " is cut short"));
  return bytes;
}

}  // namespace gyrus

#include "coordinator/vault/vault.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/random_id.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr size_t kDigestBytes = 32;
constexpr mode_t kReadOnly = 0444;

// Links work only within a filesystem, and not on every one.
bool NeedsCopy(int error) {
  return error == EXDEV || error == EPERM || error == EOPNOTSUPP || error == EMLINK;
}

}  // namespace

Vault::Vault(std::string folder)
    : objects_(absl::StrCat(folder, "/objects")), incoming_(absl::StrCat(folder, "/incoming")) {}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& folder) {
  std::unique_ptr<Vault> vault(new Vault(folder));
  GYRUS_RETURN_IF_ERROR(RemoveAll(vault->incoming_));
  GYRUS_RETURN_IF_ERROR(MakeFolders(vault->incoming_));
  GYRUS_RETURN_IF_ERROR(MakeFolders(vault->objects_));
  GYRUS_RETURN_IF_ERROR(SyncFolder(folder));
  return vault;
}

std::unique_ptr<const Vault> Vault::OpenToRead(const std::string& folder) {
  return std::unique_ptr<const Vault>(new Vault(folder));
}

std::string Vault::ShardOf(absl::string_view sha256) const {
  return absl::StrCat(objects_, "/", Hex(sha256.substr(0, 1)));
}

std::string Vault::PathOf(absl::string_view sha256) const {
  return absl::StrCat(ShardOf(sha256), "/", Hex(sha256));
}

bool Vault::Has(absl::string_view sha256) const {
  return access(PathOf(sha256).c_str(), F_OK) == 0;
}

absl::StatusOr<VaultUpload> Vault::NewUpload(absl::string_view sha256, uint64_t bytes) {
  if (sha256.size() != kDigestBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "uploading a file: its SHA-256 has ", sha256.size(), " bytes instead of ", kDigestBytes));
  }
  VaultUpload upload(*this, sha256, bytes);
  struct stat info;
  if (stat(PathOf(sha256).c_str(), &info) == 0) {
    if (static_cast<uint64_t>(info.st_size) == bytes) return upload;
    LogWarning(absl::StrCat("vault object ", Hex(sha256), " has ", info.st_size,
                            " bytes instead of ", bytes, "; taking it anew"));
  }
  upload.path_ = absl::StrCat(incoming_, "/", counter_++);
  GYRUS_ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(upload.path_, kReadOnly));
  upload.file_ = std::move(file);
  return upload;
}

absl::Status Vault::Take(const std::string& incoming, absl::string_view sha256) {
  const std::string shard = ShardOf(sha256);
  if (!incoming.empty()) {
    GYRUS_RETURN_IF_ERROR(MakeFolders(shard));
    const std::string path = PathOf(sha256);
    if (rename(incoming.c_str(), path.c_str()) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("moving ", incoming, " to ", path));
    }
  }
  const std::string object(sha256);
  bool shard_is_durable = false;
  {
    absl::MutexLock lock(&mu_);
    if (!incoming.empty()) durable_objects_.erase(object);  // It may be a replacement.
    if (durable_objects_.contains(object)) return absl::OkStatus();
    shard_is_durable = durable_shards_.contains(shard);
  }
  // Also for an object that was there: its own upload may be between its rename
  // and these.
  if (!shard_is_durable) GYRUS_RETURN_IF_ERROR(SyncFolder(objects_));
  GYRUS_RETURN_IF_ERROR(SyncFolder(shard));
  absl::MutexLock lock(&mu_);
  durable_shards_.insert(shard);
  durable_objects_.insert(object);
  return absl::OkStatus();
}

absl::StatusOr<MappedFile> Vault::Read(absl::string_view sha256) const {
  GYRUS_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(PathOf(sha256)));
  if (Sha256Of(file.bytes()) != sha256) {
    return absl::DataLossError(
        absl::StrCat("reading ", PathOf(sha256), ": the file was damaged after it was stored"));
  }
  return file;
}

absl::Status Vault::LinkTo(absl::string_view sha256, const std::string& path) {
  const std::string object = PathOf(sha256);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (!folder.empty()) GYRUS_RETURN_IF_ERROR(MakeFolders(folder));
  const std::string aside = absl::StrCat(path, ".tmp-", RandomId());
  if (link(object.c_str(), aside.c_str()) != 0) {
    if (!NeedsCopy(errno)) {
      return absl::ErrnoToStatus(errno, absl::StrCat("linking ", object, " to ", path));
    }
    GYRUS_ASSIGN_OR_RETURN(const MappedFile file, Read(sha256));
    return WriteFileAtomically(path, file.bytes(), kReadOnly);
  }
  const int error = rename(aside.c_str(), path.c_str()) == 0 ? 0 : errno;
  // rename does nothing, successfully, when both names are the same file.
  unlink(aside.c_str());
  if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("writing ", path));
  return absl::OkStatus();
}

VaultUpload::VaultUpload(VaultUpload&& other) noexcept
    : vault_(other.vault_),
      sha256_(std::move(other.sha256_)),
      bytes_left_(other.bytes_left_),
      running_(std::move(other.running_)),
      path_(std::exchange(other.path_, "")),
      file_(std::move(other.file_)) {}

VaultUpload::~VaultUpload() {
  if (!path_.empty()) unlink(path_.c_str());
}

absl::Status VaultUpload::Append(absl::string_view chunk) {
  if (known()) return absl::OkStatus();
  if (chunk.size() > bytes_left_) {
    return absl::DataLossError(
        absl::StrCat("uploading ", Hex(sha256_), ": more bytes came than were announced"));
  }
  GYRUS_RETURN_IF_ERROR(file_->Append(chunk));
  bytes_left_ -= chunk.size();
  running_.Update(chunk);
  return absl::OkStatus();
}

absl::Status VaultUpload::Check() {
  if (bytes_left_ > 0) {
    return absl::DataLossError(absl::StrCat("uploading ", Hex(sha256_), ": ", bytes_left_,
                                            " bytes fewer came than were announced"));
  }
  const std::string digest = running_.Finish();
  if (digest == sha256_) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("uploading ", Hex(sha256_),
                                          ": the bytes that came have the SHA-256 ", Hex(digest)));
}

absl::Status VaultUpload::Finish() {
  if (known()) return vault_->Take("", sha256_);
  GYRUS_RETURN_IF_ERROR(Check());
  GYRUS_RETURN_IF_ERROR(file_->Finish());
  GYRUS_RETURN_IF_ERROR(vault_->Take(path_, sha256_));
  path_.clear();
  return absl::OkStatus();
}

}  // namespace gyrus

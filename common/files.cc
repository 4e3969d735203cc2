#include "common/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/random_id.h"
#include "common/status.h"

namespace gyrus {
namespace fs = std::filesystem;

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) close(fd_);
    fd_ = other.Release();
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) close(fd_);
}

int UniqueFd::Release() { return std::exchange(fd_, -1); }

absl::Status WriteAll(int fd, absl::string_view bytes, absl::string_view doing) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return absl::ErrnoToStatus(errno, doing);
    }
    bytes.remove_prefix(written);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const std::string doing = absl::StrCat("reading ", path);
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, doing);
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return absl::ErrnoToStatus(errno, doing);
  if (S_ISDIR(info.st_mode)) return absl::ErrnoToStatus(EISDIR, doing);
  std::string bytes(info.st_size, '\0');
  size_t have = 0;
  while (true) {
    // A file may grow meanwhile, and a pipe has no size: read until the end.
    if (have == bytes.size()) bytes.resize(bytes.size() + 4096);
    const ssize_t got = read(fd.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::ErrnoToStatus(errno, doing);
    if (got == 0) break;
    have += got;
  }
  bytes.resize(have);
  return bytes;
}

absl::Status SyncFolder(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || fsync(fd.get()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("syncing folder ", path));
  }
  return absl::OkStatus();
}

// The file is synced before the rename, and the folder after it. A power cut then leaves
// either the old file or the new one, never an empty one.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view bytes, mode_t mode) {
  const std::string temporary = absl::StrCat(path, ".tmp-", RandomId());
  const std::string doing = absl::StrCat("writing ", path);
  UniqueFd fd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, doing);
  absl::Status status = WriteAll(fd.get(), bytes, doing);
  if (status.ok() && fsync(fd.get()) != 0) status = absl::ErrnoToStatus(errno, doing);
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
    status = absl::ErrnoToStatus(errno, doing);
  }
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  const fs::path folder = fs::path(path).parent_path();
  return SyncFolder(folder.empty() ? "." : folder.string());
}

absl::Status MakeFolders(const std::string& path) {
  std::error_code error;
  const fs::path folder(path);
  if (fs::is_directory(folder, error)) return absl::OkStatus();
  const fs::path parent =
      folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
  if (!parent.empty()) GYRUS_RETURN_IF_ERROR(MakeFolders(parent.string()));
  if (mkdir(path.c_str(), 0777) != 0) {
    // If it exists now, another process has made it meanwhile, or it is a file.
    const int reason = errno == EEXIST ? ENOTDIR : errno;
    if (!fs::is_directory(folder, error)) {
      return absl::ErrnoToStatus(reason, absl::StrCat("making folder ", path));
    }
  }
  return SyncFolder(parent.empty() ? "." : parent.string());
}

absl::Status RemoveAll(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("removing ", path));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("listing folder ", path));
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  const std::string doing = absl::StrCat("reading ", path);
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, doing);
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return absl::ErrnoToStatus(errno, doing);
  if (S_ISDIR(info.st_mode)) return absl::ErrnoToStatus(EISDIR, doing);
  MappedFile file;
  // An empty file cannot be mapped.
  if (info.st_size == 0) return file;
  void* const data = mmap(nullptr, info.st_size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (data == MAP_FAILED) return absl::ErrnoToStatus(errno, doing);
  file.data_ = static_cast<const char*>(data);
  file.size_ = info.st_size;
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

absl::StatusOr<FolderLock> FolderLock::Take(const std::string& lock_file) {
  UniqueFd fd(open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("opening ", lock_file));
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return absl::FailedPreconditionError(absl::StrCat(fs::path(lock_file).parent_path().string(),
                                                        " is in use by another process"));
    }
    return absl::ErrnoToStatus(errno, absl::StrCat("locking ", lock_file));
  }
  return FolderLock(fd.Release());
}

bool FolderLock::IsTaken(const std::string& lock_file) {
  const UniqueFd fd(open(lock_file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return false;
  // A shared lock, so that two who ask at once do not take each other for an owner.
  return flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock::~FolderLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace gyrus

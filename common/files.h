// Files that are whole or absent.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// Errors below are those of absl::ErrnoToStatus, with the path.

absl::StatusOr<std::string> ReadFile(const std::string& path);

// Writes beside `path`, syncs, renames, and syncs the folder: after a crash
// there is the old file or the new one, whole. Creates no folder.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view bytes,
                                 mode_t mode = 0644);

// Makes the entries of a folder survive a power cut.
absl::Status SyncFolder(const std::string& path);

// Creates the folder and its parents, if they are missing; what was created
// survives a power cut.
absl::Status MakeFolders(const std::string& path);

// Removes a file or a folder with all that is in it; absent is fine.
absl::Status RemoveAll(const std::string& path);

// Names in a folder, sorted, without "." and "..".
absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& path);

// A whole file, read-only, in memory by mmap. Thread-compatible.
class MappedFile {
 public:
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  absl::string_view bytes() const { return {data_, size_}; }

 private:
  MappedFile() = default;
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// Holds a folder for one process: flock on a file in it. Let go by the kernel
// when the process ends, however it ends.
class FolderLock {
 public:
  // FAILED_PRECONDITION: another process has it.
  static absl::StatusOr<FolderLock> Take(const std::string& lock_file);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// Owns a file descriptor.
class UniqueFd {
 public:
  explicit UniqueFd(int fd = -1) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release();

 private:
  int fd_;
};

// Writes all bytes, or says why not.
absl::Status WriteAll(int fd, absl::string_view bytes, absl::string_view doing);

}  // namespace gyrus

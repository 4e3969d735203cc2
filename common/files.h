// Reads, writes, lists and removes files and folders. Whatever is written here either
// exists whole or not at all, also after a power cut.
//
// Errors have the codes of absl::ErrnoToStatus, and their messages have the path. The
// functions may be called from any thread.
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

// The content of a file. FAILED_PRECONDITION: it is a folder.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Writes to a temporary file beside `path`, syncs it, renames it and syncs the folder:
// after a crash there is either the old file or the new one. Creates no folder.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view bytes,
                                 mode_t mode = 0644);

// Waits until the entries of a folder are on the disk, so that a file that was created
// or renamed in it survives a power cut.
absl::Status SyncFolder(const std::string& path);

// Creates the folder and its parents where they are missing. What was created survives
// a power cut.
absl::Status MakeFolders(const std::string& path);

// Removes a file, or a folder with everything in it. OK if there is nothing.
absl::Status RemoveAll(const std::string& path);

// The names in a folder, sorted, without "." and "..".
absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& path);

// A whole file as read-only memory (mmap). The file must not be made shorter while it
// is mapped. Thread-compatible.
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

// Reserves a folder for one process, by flock() on a file in it. The kernel releases
// the lock when the process ends, however it ends.
class FolderLock {
 public:
  // Does not wait. FAILED_PRECONDITION: another process has the folder.
  static absl::StatusOr<FolderLock> Take(const std::string& lock_file);
  // Whether a process has the folder now. Creates nothing. False where that cannot be
  // found out.
  static bool IsTaken(const std::string& lock_file);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// Owns a file descriptor, and closes it. Thread-compatible.
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

// Writes all bytes to a descriptor; retries after interruptions. `doing` comes before
// the message of an error.
absl::Status WriteAll(int fd, absl::string_view bytes, absl::string_view doing);

}  // namespace gyrus

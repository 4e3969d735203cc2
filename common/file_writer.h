// Writes a large file from beginning to end, past the page cache of the system where
// the file system allows it: for hundreds of megabytes that nobody reads soon, filling
// the cache costs more time than the disk does.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/files.h"

namespace gyrus {

// Memory that FileWriter can write from without a copy, because it is aligned as the
// disk needs it. It can be kept from one file to the next. Thread-compatible.
class DiskBuffer {
 public:
  absl::string_view bytes() const { return {memory_.get(), size_}; }

  // Empties the buffer and makes room for `capacity` bytes. RESOURCE_EXHAUSTED: there
  // is not enough memory.
  absl::Status Reset(size_t capacity);
  // Adds bytes. Together they must fit into the capacity.
  void Append(absl::string_view bytes);

 private:
  friend class FileWriter;
  struct Free {
    void operator()(char* memory) const;
  };

  std::unique_ptr<char, Free> memory_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// One file that is being written. Errors have the codes of absl::ErrnoToStatus and the
// path. Thread-compatible.
class FileWriter {
 public:
  // Creates an empty file; a file of that name is replaced. RESOURCE_EXHAUSTED: the
  // disk is full, or there is not enough memory.
  static absl::StatusOr<FileWriter> Create(std::string path, mode_t mode = 0644);

  absl::Status Append(absl::string_view bytes);

  // Writes what is still in memory, and waits until all of it is on the disk. Nothing
  // may be appended afterwards.
  absl::Status Finish();

 private:
  FileWriter(std::string path, UniqueFd file, bool direct);
  absl::Status WriteOut(absl::string_view bytes);
  absl::Status UseCache();

  std::string path_;
  UniqueFd file_;
  bool direct_;
  DiskBuffer buffer_;
};

}  // namespace gyrus

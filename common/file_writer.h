// A large file, written from beginning to end.
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

// Memory from which FileWriter writes without a copy, kept from one file to the
// next. Thread-compatible.
class DiskBuffer {
 public:
  absl::string_view bytes() const { return {memory_.get(), size_}; }

  // Empties it and makes room. RESOURCE_EXHAUSTED: no memory.
  absl::Status Reset(size_t capacity);
  // Within the capacity.
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

// Bytes go to the disk past the page cache, where the file system can: for
// hundreds of megabytes that nobody reads soon, filling the cache costs more
// than the disk does. Errors are those of absl::ErrnoToStatus, with the path.
// Thread-compatible.
class FileWriter {
 public:
  // An empty file of that name; what was there is gone. RESOURCE_EXHAUSTED also
  // where there is no memory.
  static absl::StatusOr<FileWriter> Create(std::string path, mode_t mode = 0644);

  absl::Status Append(absl::string_view bytes);

  // Writes the rest and syncs. Nothing is appended afterwards.
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

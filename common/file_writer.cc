#include "common/file_writer.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {
namespace {

// With O_DIRECT, addresses in memory, lengths and positions in the file must be
// multiples of the block size; 4096 suits every device.
constexpr size_t kBlockBytes = 4096;
constexpr size_t kBufferBytes = 4 << 20;
constexpr size_t kHugePageBytes = 2 << 20;

bool IsAligned(const char* memory) {
  return reinterpret_cast<uintptr_t>(memory) % kBlockBytes == 0;
}

}  // namespace

void DiskBuffer::Free::operator()(char* memory) const { std::free(memory); }

absl::Status DiskBuffer::Reset(size_t capacity) {
  size_ = 0;
  if (capacity <= capacity_) return absl::OkStatus();
  capacity_ = 0;
  memory_.reset();  // First, so that there are never two buffers at once.
  const size_t rounded = (capacity + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
  memory_.reset(static_cast<char*>(std::aligned_alloc(kHugePageBytes, rounded)));
  if (memory_ == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat("no memory for ", capacity, " bytes"));
  }
  // Only a hint: without huge pages it works too, but slower.
  madvise(memory_.get(), rounded, MADV_HUGEPAGE);
  capacity_ = capacity;
  return absl::OkStatus();
}

void DiskBuffer::Append(absl::string_view bytes) {
  std::memcpy(memory_.get() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

FileWriter::FileWriter(std::string path, UniqueFd file, bool direct)
    : path_(std::move(path)), file_(std::move(file)), direct_(direct) {}

absl::StatusOr<FileWriter> FileWriter::Create(std::string path, mode_t mode) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  UniqueFd file(open(path.c_str(), kFlags | O_DIRECT, mode));
  const bool direct = file.valid();
  // Some file systems, for example tmpfs, have no direct access.
  if (!direct && errno == EINVAL) file = UniqueFd(open(path.c_str(), kFlags, mode));
  if (!file.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("writing ", path));
  FileWriter writer(std::move(path), std::move(file), direct);
  GYRUS_RETURN_IF_ERROR(writer.buffer_.Reset(kBufferBytes));
  return writer;
}

// Aligned blocks go to the disk directly. Only the rest is copied into the buffer, because
// direct I/O needs aligned memory and whole blocks.
absl::Status FileWriter::Append(absl::string_view bytes) {
  if (buffer_.size_ == 0 && IsAligned(bytes.data())) {
    const absl::string_view blocks = bytes.substr(0, bytes.size() / kBlockBytes * kBlockBytes);
    GYRUS_RETURN_IF_ERROR(WriteOut(blocks));
    bytes.remove_prefix(blocks.size());
  }
  while (!bytes.empty()) {
    const absl::string_view part = bytes.substr(0, kBufferBytes - buffer_.size_);
    buffer_.Append(part);
    bytes.remove_prefix(part.size());
    if (buffer_.size_ == kBufferBytes) {
      GYRUS_RETURN_IF_ERROR(WriteOut(buffer_.bytes()));
      buffer_.size_ = 0;
    }
  }
  return absl::OkStatus();
}

absl::Status FileWriter::Finish() {
  const size_t blocks = buffer_.size_ / kBlockBytes * kBlockBytes;
  GYRUS_RETURN_IF_ERROR(WriteOut(buffer_.bytes().substr(0, blocks)));
  // The rest is less than a block, which only the page cache can write.
  GYRUS_RETURN_IF_ERROR(UseCache());
  GYRUS_RETURN_IF_ERROR(WriteOut(buffer_.bytes().substr(blocks)));
  if (fsync(file_.get()) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("writing ", path_));
}

absl::Status FileWriter::WriteOut(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(file_.get(), bytes.data(), std::min(bytes.size(), kBufferBytes));
    if (n >= 0) {
      bytes.remove_prefix(n);
    } else if (errno == EINVAL && direct_) {
      GYRUS_RETURN_IF_ERROR(UseCache());
    } else if (errno != EINTR) {
      return absl::ErrnoToStatus(errno, absl::StrCat("writing ", path_));
    }
  }
  return absl::OkStatus();
}

absl::Status FileWriter::UseCache() {
  if (!std::exchange(direct_, false)) return absl::OkStatus();
  const int flags = fcntl(file_.get(), F_GETFL);
  if (flags >= 0 && fcntl(file_.get(), F_SETFL, flags & ~O_DIRECT) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("writing ", path_));
}

}  // namespace gyrus

// Decompresses whole gzip files with libdeflate, and checks their CRC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// Bytes that are not cleared before they are written. Kept from one file to the
// next, it saves the system's work of handing out and taking back its pages,
// which costs as much as half of the decompression. Thread-compatible.
class ByteBuffer {
 public:
  absl::string_view bytes() const { return {data_.get(), size_}; }
  char* data() { return data_.get(); }
  size_t capacity() const { return capacity_; }

  // Makes room; keeps the first size() bytes. RESOURCE_EXHAUSTED: no memory.
  absl::Status Reserve(size_t capacity);
  // At most capacity().
  void SetSize(size_t size) { size_ = size; }

 private:
  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

bool IsGzip(absl::string_view bytes);

// Puts what is inside a gzip file (one or more members, zeros after them) into
// `out`.
//
// DATA_LOSS: the stream is cut short or damaged (the CRC is checked).
// RESOURCE_EXHAUSTED: it would become larger than `limit_bytes`, or no memory.
absl::Status Gunzip(absl::string_view bytes, ByteBuffer& out, size_t limit_bytes = size_t{1} << 34);

// gzip at a fast level; the same bytes for the same input.
std::string Gzip(absl::string_view bytes);

}  // namespace gyrus

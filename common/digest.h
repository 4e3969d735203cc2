// Digests of bytes: SHA-256 where a digest is a name that must last and that nobody
// can forge, XXH3-128 where it only has to notice damage and must be fast.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// Computes SHA-256 over several pieces of data. Thread-compatible.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& Update(absl::string_view bytes);
  // Adds the length before the content, so that the fields "ab", "c" and the fields
  // "a", "bc" have different digests.
  Sha256& UpdateField(absl::string_view field);
  // Adds eight bytes, little endian.
  Sha256& UpdateNumber(uint64_t number);
  // The digest, 32 bytes. The object must not be used afterwards.
  std::string Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// The SHA-256 of `bytes`, 32 bytes.
std::string Sha256Of(absl::string_view bytes);

// The XXH3-128 of `bytes`: 16 bytes in the canonical (big-endian) form.
std::string Xxh3Of(absl::string_view bytes);

// The bytes in lower-case hexadecimal digits.
std::string Hex(absl::string_view bytes);

// The SHA-256 of a file's content. When the file cannot be read: the code of
// absl::ErrnoToStatus, for example NOT_FOUND, with the path.
absl::StatusOr<std::string> Sha256OfFile(const std::string& path);

}  // namespace gyrus

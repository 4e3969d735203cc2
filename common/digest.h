// SHA-256 for names that must last, XXH3-128 for noticing damage.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// One thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& Update(absl::string_view bytes);
  // Length before content, so that neighbours cannot run into each other.
  Sha256& UpdateField(absl::string_view field);
  // Eight bytes, little endian.
  Sha256& UpdateNumber(uint64_t number);
  // 32 bytes. The object is used up.
  std::string Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string Sha256Of(absl::string_view bytes);

// 16 bytes, canonical (big-endian) form.
std::string Xxh3Of(absl::string_view bytes);

// Lower-case hex.
std::string Hex(absl::string_view bytes);

// SHA-256 of a file. NOT_FOUND or another code of absl::ErrnoToStatus.
absl::StatusOr<std::string> Sha256OfFile(const std::string& path);

}  // namespace gyrus

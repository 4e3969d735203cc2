// Ed25519 signatures: what the coordinator grants, a loader can check.
#pragma once

#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// A secret key. Wiped when it goes. Thread-compatible.
class SigningKey {
 public:
  // Reads `path`, or makes a new key there, readable by its owner only. Beside
  // it, in `path`.pub, lies the public half as hex text, for ReadPublicKey.
  //  * DATA_LOSS: the file is no key.
  //  * FAILED_PRECONDITION: others may read it, so that it is no secret.
  //  * others: those of common/files.h.
  static absl::StatusOr<SigningKey> LoadOrCreate(const std::string& path);
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;
  ~SigningKey();

  // 32 bytes.
  std::string public_key() const;
  // 64 bytes; the same for the same bytes.
  std::string Sign(absl::string_view bytes) const;

 private:
  SigningKey() = default;
  std::array<unsigned char, 64> secret_;  // Seed and public half, as libsodium keeps them.
};

// The 32 bytes that a `.pub` file holds.
//  * DATA_LOSS: it is no public key.
absl::StatusOr<std::string> ReadPublicKey(const std::string& path);

//  * PERMISSION_DENIED: `signature` is not that of `bytes` by this key.
absl::Status VerifySignature(absl::string_view public_key, absl::string_view bytes,
                             absl::string_view signature);

}  // namespace gyrus

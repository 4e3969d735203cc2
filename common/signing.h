// Ed25519 signatures. The coordinator signs what it grants to a trainer, and a data
// loader checks the signature with the coordinator's public key.
#pragma once

#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// A secret key. Its memory is wiped when it is destroyed. Thread-compatible.
class SigningKey {
 public:
  // Reads the key in the file `path`, or creates a new one there that only its owner can
  // read. The public key is written to `path`.pub as hexadecimal text, for
  // ReadPublicKey().
  //  * DATA_LOSS: the file is not a key.
  //  * FAILED_PRECONDITION: other users can read the file, so that it is not secret.
  //  * The codes of common/files.h.
  static absl::StatusOr<SigningKey> LoadOrCreate(const std::string& path);
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;
  ~SigningKey();

  // 32 bytes.
  std::string public_key() const;
  // The signature of `bytes`, 64 bytes. Equal bytes have equal signatures.
  std::string Sign(absl::string_view bytes) const;

 private:
  SigningKey() = default;
  std::array<unsigned char, 64> secret_;  // Seed and public half, as libsodium keeps them.
};

// The public key in a `.pub` file, 32 bytes.
//  * DATA_LOSS: the file is not a public key.
//  * The codes of common/files.h.
absl::StatusOr<std::string> ReadPublicKey(const std::string& path);

// OK if `signature` was made from `bytes` with the secret half of `public_key`.
//  * PERMISSION_DENIED: it was not.
absl::Status VerifySignature(absl::string_view public_key, absl::string_view bytes,
                             absl::string_view signature);

}  // namespace gyrus

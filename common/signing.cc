#include "common/signing.h"

#include <sodium.h>
#include <sys/stat.h>

#include <cerrno>

#include "absl/base/internal/raw_logging.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"

namespace gyrus {
namespace {

static_assert(crypto_sign_SECRETKEYBYTES == 64 && crypto_sign_BYTES == 64);

void StartSodium() { ABSL_RAW_CHECK(sodium_init() >= 0, "libsodium cannot start"); }

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

absl::StatusOr<std::string> ReadHex(const std::string& path, size_t bytes) {
  GYRUS_ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  absl::StripTrailingAsciiWhitespace(&text);
  bool hex = text.size() == 2 * bytes;
  for (const char c : text) hex &= absl::ascii_isxdigit(c);
  if (!hex) {
    return absl::DataLossError(
        absl::StrCat(path, " is no key: it should hold ", 2 * bytes, " hexadecimal digits"));
  }
  return absl::HexStringToBytes(text);
}

// Whoever can read the key can sign grants and thereby read every volume of a site.
absl::Status CheckIsSecret(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("reading ", path));
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, " can be read by others; say: chmod 600 ", path));
}

// A seed that exists but cannot be read is an error. A new one would invalidate all grants
// of running attempts.
absl::StatusOr<std::string> LoadOrCreateSeed(const std::string& path) {
  auto seed = ReadHex(path, crypto_sign_SEEDBYTES);
  if (seed.ok()) {
    GYRUS_RETURN_IF_ERROR(CheckIsSecret(path));
    return seed;
  }
  if (!absl::IsNotFound(seed.status())) return seed.status();
  std::string fresh(crypto_sign_SEEDBYTES, '\0');
  randombytes_buf(fresh.data(), fresh.size());
  GYRUS_RETURN_IF_ERROR(WriteFileAtomically(path, absl::StrCat(Hex(fresh), "\n"), 0600));
  return fresh;
}

}  // namespace

absl::StatusOr<SigningKey> SigningKey::LoadOrCreate(const std::string& path) {
  StartSodium();
  GYRUS_ASSIGN_OR_RETURN(std::string seed, LoadOrCreateSeed(path));
  SigningKey key;
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_half;
  crypto_sign_seed_keypair(public_half.data(), key.secret_.data(), Bytes(seed));
  sodium_memzero(seed.data(), seed.size());
  // Written only when it is missing or wrong, so that reading a run folder does not
  // change it.
  const std::string public_file = absl::StrCat(path, ".pub");
  const auto written = ReadPublicKey(public_file);
  if (!written.ok() || *written != key.public_key()) {
    GYRUS_RETURN_IF_ERROR(
        WriteFileAtomically(public_file, absl::StrCat(Hex(key.public_key()), "\n")));
  }
  return key;
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

std::string SigningKey::public_key() const {
  std::string half(crypto_sign_PUBLICKEYBYTES, '\0');
  crypto_sign_ed25519_sk_to_pk(reinterpret_cast<unsigned char*>(half.data()), secret_.data());
  return half;
}

std::string SigningKey::Sign(absl::string_view bytes) const {
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, Bytes(bytes),
                       bytes.size(), secret_.data());
  return signature;
}

absl::StatusOr<std::string> ReadPublicKey(const std::string& path) {
  return ReadHex(path, crypto_sign_PUBLICKEYBYTES);
}

absl::Status VerifySignature(absl::string_view public_key, absl::string_view bytes,
                             absl::string_view signature) {
  StartSodium();
  const bool fits =
      public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES;
  if (fits && crypto_sign_verify_detached(Bytes(signature), Bytes(bytes), bytes.size(),
                                          Bytes(public_key)) == 0) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError("the signature is not the coordinator's");
}

}  // namespace gyrus

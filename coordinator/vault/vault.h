// A content-addressed store: it keeps files, such as weights and predictions, under the
// SHA-256 of their bytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/digest.h"
#include "common/file_writer.h"
#include "common/files.h"

namespace gyrus {

class VaultUpload;

// A folder of objects, `objects/ab/<64 hex digits>`, each whole, read-only and
// never changed. What a crash leaves half written lies in `incoming/` and is
// removed by the next Open. Digests are the 32 bytes, not their hex text.
//
// Only one process may have it open at a time (see LockedRunFolder). Thread-safe.
//
// Errors, beside those named below, are those of common/files.h with the path;
// a full disk is RESOURCE_EXHAUSTED.
class Vault {
 public:
  // Makes what is missing of the folder.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const std::string& folder);

  // To read alone: nothing is made or removed, so it may be opened beside a process that
  // has the folder. Has and Read are all that may be called.
  static std::unique_ptr<const Vault> OpenToRead(const std::string& folder);

  // Begins to take an object of `bytes` bytes. The vault must outlive it.
  //  * INVALID_ARGUMENT: `sha256` is not 32 bytes.
  absl::StatusOr<VaultUpload> NewUpload(absl::string_view sha256, uint64_t bytes);

  bool Has(absl::string_view sha256) const;

  // The object's bytes, checked against its digest.
  //  * NOT_FOUND: there is none.
  //  * DATA_LOSS: the file was damaged since it was taken.
  absl::StatusOr<MappedFile> Read(absl::string_view sha256) const;

  // Gives the object a readable name as well, in place of what has that name:
  // a hard link, or a copy where `path` is on another filesystem. Makes folders.
  // The name survives a power cut once the caller has synced its folder, which it
  // does once for many names.
  //  * NOT_FOUND: there is no such object.
  absl::Status LinkTo(absl::string_view sha256, const std::string& path);

 private:
  friend class VaultUpload;
  explicit Vault(std::string folder);

  std::string ShardOf(absl::string_view sha256) const;
  std::string PathOf(absl::string_view sha256) const;
  // Moves the whole and synced file `incoming` to its place, unless empty, and
  // makes that survive a power cut.
  absl::Status Take(const std::string& incoming, absl::string_view sha256) ABSL_LOCKS_EXCLUDED(mu_);

  const std::string objects_;
  const std::string incoming_;
  std::atomic<uint64_t> counter_{0};
  // Names that this program has synced already, so that what comes again and again
  // (the weights that all trials start from) costs nothing.
  absl::Mutex mu_;
  absl::flat_hash_set<std::string> durable_shards_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<std::string> durable_objects_ ABSL_GUARDED_BY(mu_);
};

// An object on its way in. Several of the same digest may be on their way at
// once. Going without Finish leaves nothing. One thread.
class VaultUpload {
 public:
  VaultUpload(VaultUpload&& other) noexcept;
  VaultUpload& operator=(VaultUpload&&) = delete;
  ~VaultUpload();

  // The vault has it already: what is appended is not looked at.
  bool known() const { return !file_.has_value(); }

  //  * DATA_LOSS: more bytes than announced.
  absl::Status Append(absl::string_view chunk);

  // The last call. Once it returns OK, the object survives a power cut.
  //  * DATA_LOSS: another size or digest than announced; nothing was stored.
  absl::Status Finish();

 private:
  friend class Vault;
  VaultUpload(Vault& vault, absl::string_view sha256, uint64_t bytes)
      : vault_(&vault), sha256_(sha256), bytes_left_(bytes) {}
  absl::Status Check();

  Vault* vault_;
  std::string sha256_;
  uint64_t bytes_left_;
  Sha256 running_;
  std::string path_;  // In incoming/; empty: there is no file to remove.
  std::optional<FileWriter> file_;
};

}  // namespace gyrus

#include "worker/trainer/checkpoint_writer.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/files.h"
#include "common/status.h"

namespace gyrus {
namespace {

// Writes the file and syncs it; the XXH3-128 of its bytes.
absl::StatusOr<std::string> WriteTensorFile(const std::string& path, const NamedTensors& tensors) {
  const std::string doing = absl::StrCat("writing ", path);
  const UniqueFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.valid()) return absl::ErrnoToStatus(errno, doing);
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       &XXH3_freeState);
  XXH3_128bits_reset(state.get());
  GYRUS_RETURN_IF_ERROR(WriteSafetensors(tensors, [&](absl::string_view bytes) {
    XXH3_128bits_update(state.get(), bytes.data(), bytes.size());
    return WriteAll(file.get(), bytes, doing);
  }));
  if (fsync(file.get()) != 0) return absl::ErrnoToStatus(errno, doing);
  XXH128_canonical_t digest;
  XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(state.get()));
  return std::string(reinterpret_cast<const char*>(digest.digest), sizeof(digest.digest));
}

}  // namespace

std::string CheckpointWriter::NameOf(uint32_t epoch) {
  return absl::StrFormat("epoch-%04d", epoch);
}

CheckpointWriter::~CheckpointWriter() { Wait().IgnoreError(); }

void CheckpointWriter::Begin(v1::Checkpoint head, NamedTensors weights, NamedTensors optimizer,
                             std::set<uint32_t> keep) {
  if (!Wait().ok()) return;
  written_ = std::make_unique<absl::Notification>();
  thread_.Run([this, head = std::move(head), weights = std::move(weights),
               optimizer = std::move(optimizer), keep = std::move(keep)]() mutable {
    status_ = Write(std::move(head), weights, optimizer, keep);
    written_->Notify();
  });
}

absl::Status CheckpointWriter::Wait() {
  if (written_ != nullptr) written_->WaitForNotification();
  return status_;
}

absl::Status CheckpointWriter::Write(v1::Checkpoint head, const NamedTensors& weights,
                                     const NamedTensors& optimizer,
                                     const std::set<uint32_t>& keep) const {
  const std::string whole = absl::StrCat(folder_, "/", NameOf(head.epoch()));
  const std::string aside = absl::StrCat(whole, ".tmp");
  GYRUS_RETURN_IF_ERROR(MakeFolders(aside));
  GYRUS_ASSIGN_OR_RETURN(*head.mutable_weights_xxh3(),
                         WriteTensorFile(absl::StrCat(aside, "/weights.safetensors"), weights));
  GYRUS_ASSIGN_OR_RETURN(*head.mutable_optimizer_xxh3(),
                         WriteTensorFile(absl::StrCat(aside, "/optimizer.safetensors"), optimizer));
  // Syncs the folder as well.
  GYRUS_RETURN_IF_ERROR(
      WriteFileAtomically(absl::StrCat(aside, "/checkpoint.pb"), head.SerializeAsString()));
  if (std::rename(aside.c_str(), whole.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("renaming ", aside));
  }
  GYRUS_RETURN_IF_ERROR(SyncFolder(folder_));
  std::set<uint32_t> kept = keep;
  kept.insert(head.epoch());
  return Prune(kept);
}

absl::Status CheckpointWriter::Prune(const std::set<uint32_t>& keep) const {
  std::set<std::string> kept;
  for (const uint32_t epoch : keep) kept.insert(NameOf(epoch));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder_));
  for (const std::string& name : names) {
    if (kept.contains(name)) continue;
    GYRUS_RETURN_IF_ERROR(RemoveAll(absl::StrCat(folder_, "/", name)));
  }
  return absl::OkStatus();
}

}  // namespace gyrus

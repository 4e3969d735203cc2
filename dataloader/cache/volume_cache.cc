#include "dataloader/cache/volume_cache.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/log.h"
#include "common/status.h"

namespace gyrus {

absl::StatusOr<std::unique_ptr<VolumeCache>> VolumeCache::Open(const std::string& folder,
                                                               size_t max_open) {
  GYRUS_RETURN_IF_ERROR(MakeFolders(folder));
  return std::unique_ptr<VolumeCache>(new VolumeCache(folder, max_open));
}

// Several readers of the same volume wait for one preparation. Preparations of different
// volumes run in parallel.
absl::StatusOr<std::shared_ptr<const VolumeFile>> VolumeCache::Get(
    const std::string& volume_id, absl::FunctionRef<absl::StatusOr<PreparedVolume>()> prepare) {
  {
    absl::MutexLock lock(&mu_);
    while (true) {
      if (const auto open = files_.find(volume_id); open != files_.end()) {
        if (auto file = open->second.lock()) return file;
      }
      if (busy_.insert(volume_id).second) break;
      const auto idle = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return !busy_.contains(volume_id);
      };
      mu_.Await(absl::Condition(&idle));
    }
  }
  auto file = OpenOrMake(volume_id, prepare);
  absl::MutexLock lock(&mu_);
  busy_.erase(volume_id);
  if (file.ok()) KeepOpen(volume_id, *file);
  return file;
}

void VolumeCache::KeepOpen(const std::string& volume_id, std::shared_ptr<const VolumeFile> file) {
  files_[volume_id] = file;
  open_.push_back(std::move(file));
  if (open_.size() <= max_open_) return;
  open_.pop_front();
  std::erase_if(files_, [](const auto& entry) { return entry.second.expired(); });
}

// A new volume is also read back from its file, so that cold and warm reads give the same
// bytes from the same kind of memory.
absl::StatusOr<std::shared_ptr<const VolumeFile>> VolumeCache::OpenOrMake(
    const std::string& volume_id, absl::FunctionRef<absl::StatusOr<PreparedVolume>()> prepare) {
  const std::string name = Hex(volume_id);
  const std::string folder = absl::StrCat(folder_, "/", name.substr(0, 2));
  const std::string path = absl::StrCat(folder, "/", name, ".vol");
  auto file = VolumeFile::Open(path, volume_id);
  if (file.ok()) return std::shared_ptr<const VolumeFile>(*std::move(file));
  if (file.status().code() == absl::StatusCode::kDataLoss) {
    LogWarning(absl::StrCat(path, " is damaged; it is made again"));
  }
  GYRUS_ASSIGN_OR_RETURN(const PreparedVolume volume, prepare());
  GYRUS_RETURN_IF_ERROR(MakeFolders(folder));
  GYRUS_RETURN_IF_ERROR(WriteVolumeFile(path, volume_id, volume));
  GYRUS_ASSIGN_OR_RETURN(auto made, VolumeFile::Open(path, volume_id));
  return std::shared_ptr<const VolumeFile>(std::move(made));
}

}  // namespace gyrus

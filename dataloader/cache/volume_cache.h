// Keeps prepared volumes on disk, so that each is prepared only once.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "dataloader/cache/volume_file.h"

namespace gyrus {

// A volume is in the file FOLDER/ab/ab12...ef.vol, named after its id. A volume that was
// just prepared is read back from the file that was written, so that it has the same
// bits as one that was prepared earlier. The checksum of a file is checked when it is
// opened. The files that were opened last stay open, because an epoch of single slices
// comes back to each volume many times. Several processes may share a folder.
// Thread-safe.
class VolumeCache {
 public:
  static absl::StatusOr<std::unique_ptr<VolumeCache>> Open(const std::string& folder,
                                                           size_t max_open = 16'384);

  // The file of a volume. If there is none, or it is damaged, calls `prepare` and writes
  // the file; other threads that ask for the same volume wait meanwhile. Blocks. The
  // errors are those of `prepare` and of common/files.h.
  absl::StatusOr<std::shared_ptr<const VolumeFile>> Get(
      const std::string& volume_id, absl::FunctionRef<absl::StatusOr<PreparedVolume>()> prepare)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  VolumeCache(std::string folder, size_t max_open)
      : folder_(std::move(folder)), max_open_(max_open) {}
  absl::StatusOr<std::shared_ptr<const VolumeFile>> OpenOrMake(
      const std::string& volume_id, absl::FunctionRef<absl::StatusOr<PreparedVolume>()> prepare);
  void KeepOpen(const std::string& volume_id, std::shared_ptr<const VolumeFile> file)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::string folder_;
  const size_t max_open_;
  absl::Mutex mu_;
  std::set<std::string> busy_ ABSL_GUARDED_BY(mu_);  // Volumes being opened or made.
  std::map<std::string, std::weak_ptr<const VolumeFile>> files_ ABSL_GUARDED_BY(mu_);
  std::deque<std::shared_ptr<const VolumeFile>> open_ ABSL_GUARDED_BY(mu_);  // The latest is last.
};

}  // namespace gyrus

// Prepared volumes on disk, each made once.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "dataloader/cache/volume_file.h"

namespace gyrus {

// FOLDER/ab/ab12...ef.vol, named by volume id. A cold volume is served from the
// file just written, so that cold equals warm. Several processes may share a
// folder. Thread-safe.
class VolumeCache {
 public:
  static absl::StatusOr<std::unique_ptr<VolumeCache>> Open(const std::string& folder);

  // The file of this volume. Where there is none, or a damaged one, `prepare`
  // makes it; others who ask for it meanwhile wait. Blocks.
  absl::StatusOr<std::shared_ptr<const VolumeFile>> Get(
      const std::string& volume_id, absl::FunctionRef<absl::StatusOr<PreparedVolume>()> prepare)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  explicit VolumeCache(std::string folder) : folder_(std::move(folder)) {}
  absl::StatusOr<std::shared_ptr<const VolumeFile>> OpenOrMake(
      const std::string& volume_id, absl::FunctionRef<absl::StatusOr<PreparedVolume>()> prepare);

  // What is open, or being made (null).
  struct Entry {
    bool busy = false;
    std::weak_ptr<const VolumeFile> file;
  };

  const std::string folder_;
  absl::Mutex mu_;
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus

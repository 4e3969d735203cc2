// Prepared volumes on disk, each made once.
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

// FOLDER/ab/ab12...ef.vol, named by volume id. A cold volume is served from the
// file just written, so that cold equals warm. A file's checksum is checked when
// it is opened; the latest opened stay so, mapped, so that an epoch does not pay for
// that again, also one of single slices, which comes back to each volume many times.
// Several processes may share a folder. Thread-safe.
class VolumeCache {
 public:
  static absl::StatusOr<std::unique_ptr<VolumeCache>> Open(const std::string& folder,
                                                           size_t most_open = 16'384);

  // The file of this volume. Where there is none, or a damaged one, `prepare`
  // makes it; others who ask for it meanwhile wait. Blocks.
  absl::StatusOr<std::shared_ptr<const VolumeFile>> Get(
      const std::string& volume_id, absl::FunctionRef<absl::StatusOr<PreparedVolume>()> prepare)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  VolumeCache(std::string folder, size_t most_open)
      : folder_(std::move(folder)), most_open_(most_open) {}
  absl::StatusOr<std::shared_ptr<const VolumeFile>> OpenOrMake(
      const std::string& volume_id, absl::FunctionRef<absl::StatusOr<PreparedVolume>()> prepare);
  void KeepOpen(const std::string& volume_id, std::shared_ptr<const VolumeFile> file)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::string folder_;
  const size_t most_open_;
  absl::Mutex mu_;
  std::set<std::string> busy_ ABSL_GUARDED_BY(mu_);  // Being opened or made.
  std::map<std::string, std::weak_ptr<const VolumeFile>> files_ ABSL_GUARDED_BY(mu_);
  std::deque<std::shared_ptr<const VolumeFile>> open_ ABSL_GUARDED_BY(mu_);  // Latest last.
};

}  // namespace gyrus

// The run folder of a running coordinator, locked against other processes.
#pragma once

#include <utility>

#include "absl/status/statusor.h"
#include "common/files.h"
#include "common/run_folder.h"

namespace gyrus {

// Holds the lock of a run folder. While it exists, no other process opens the ledger or
// the vault in the folder. Thread-compatible.
class LockedRunFolder {
 public:
  //  * FAILED_PRECONDITION: another process holds it.
  //  * PERMISSION_DENIED, FAILED_PRECONDITION: it cannot be written.
  static absl::StatusOr<LockedRunFolder> Take(RunFolder folder);

  const RunFolder& folder() const { return folder_; }

 private:
  LockedRunFolder(RunFolder folder, FolderLock lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}

  RunFolder folder_;
  FolderLock lock_;
};

}  // namespace gyrus

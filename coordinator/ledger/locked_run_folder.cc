#include "coordinator/ledger/locked_run_folder.h"

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {

absl::StatusOr<LockedRunFolder> LockedRunFolder::Take(RunFolder folder) {
  const auto take = [&folder]() -> absl::StatusOr<FolderLock> {
    GYRUS_RETURN_IF_ERROR(MakeFolders(folder.coordinator_folder()));
    return FolderLock::Take(folder.lock_file());
  };
  auto lock = take();
  if (!lock.ok()) {
    return Annotate(lock.status(), absl::StrCat("cannot use the run folder ", folder.path()));
  }
  return LockedRunFolder(std::move(folder), *std::move(lock));
}

}  // namespace gyrus

// Where the files of one run lie.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// A folder that holds everything about one run. Its file FORMAT says that it is
// one, and of which format; see docs/formats.md. Opening it does not hold it:
// that is coordinator/ledger/locked_run_folder.h.
//
// Thread-compatible.
class RunFolder {
 public:
  // What this program writes, and the newest that it reads.
  static constexpr int kFormat = 1;

  // A folder that is there.
  //  * NOT_FOUND: there is no such folder.
  //  * FAILED_PRECONDITION: it is no run folder, or a newer version wrote it.
  //  * DATA_LOSS: FORMAT is damaged.
  static absl::StatusOr<RunFolder> Open(absl::string_view path);

  // The same, but makes the folder where there is none, or an empty one.
  //  * PERMISSION_DENIED, FAILED_PRECONDITION: it cannot be written.
  static absl::StatusOr<RunFolder> OpenOrCreate(absl::string_view path);

  const std::string& path() const { return path_; }

  std::string experiment_file() const { return In("experiment.yaml"); }
  std::string result_file() const { return In("result.json"); }
  std::string coordinator_folder() const { return In("coordinator"); }
  std::string lock_file() const { return In("coordinator/lock"); }
  std::string ledger_file() const { return In("coordinator/ledger.db"); }
  // The public half lies beside it, with ".pub".
  std::string key_file() const { return In("coordinator/key"); }
  std::string vault_folder() const { return In("vault"); }
  std::string worker_folder(int number) const;
  // Resume checkpoints of all workers of this machine.
  std::string resume_folder() const { return In("resume"); }
  std::string predictions_folder() const { return In("predictions"); }
  std::string checkpoints_folder() const { return In("checkpoints"); }
  std::string logs_folder() const { return In("logs"); }

 private:
  explicit RunFolder(std::string path) : path_(std::move(path)) {}
  std::string In(absl::string_view name) const;

  std::string path_;
};

}  // namespace gyrus

// The names of the files in a run folder, which holds everything about one run: the
// experiment, the coordinator's ledger, checkpoints, predictions and logs.
// docs/formats.md describes the files.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// A run folder on this machine. Its file FORMAT says that it is one, and which version
// of the format it has. Opening a folder does not reserve it for this process; that is
// the task of coordinator/ledger/locked_run_folder.h.
//
// Thread-compatible.
class RunFolder {
 public:
  // The version of the format that this program writes, and the newest that it reads.
  static constexpr int kFormat = 1;

  // Opens a run folder that exists.
  //  * NOT_FOUND: there is no such folder.
  //  * FAILED_PRECONDITION: it is not a run folder, or a newer version of Gyrus has
  //    written it.
  //  * DATA_LOSS: FORMAT is damaged.
  static absl::StatusOr<RunFolder> Open(absl::string_view path);

  // The same, but if there is no folder, or an empty one, makes it a run folder.
  //  * Besides the above, the codes of common/files.h: it cannot be written.
  static absl::StatusOr<RunFolder> OpenOrCreate(absl::string_view path);

  // Makes a run folder that was not there before. Where `path` is taken, it tries
  // PATH-2, PATH-3 and so on, so that two processes that ask for the same path at the
  // same moment get two folders.
  //  * The codes of common/files.h: it cannot be made.
  static absl::StatusOr<RunFolder> CreateNew(absl::string_view path);

  // Whether a file FORMAT says that `path` is a run folder, of any version.
  static bool IsRunFolder(absl::string_view path);

  const std::string& path() const { return path_; }

  std::string experiment_file() const { return In("experiment.yaml"); }
  // The experiment as it is run: with --set and all defaults.
  std::string effective_file() const { return In("effective.yaml"); }
  std::string curves_file() const { return In("curves.tsv"); }
  std::string result_file() const { return In("result.json"); }
  std::string coordinator_folder() const { return In("coordinator"); }
  std::string lock_file() const { return In("coordinator/lock"); }
  std::string ledger_file() const { return In("coordinator/ledger.db"); }
  // The secret key of the coordinator. The public key is beside it, with ".pub".
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

// Links the files that trials uploaded into the vault, where they are named by their
// SHA-256, to readable names in the run folder, such as predictions/T1w/r0-f2.tsv.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/executor.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/vault/vault.h"

namespace gyrus {

// The file operations of a linker. Behind an interface so that a test can count
// them. Thread-compatible.
class LinkTarget {
 public:
  virtual ~LinkTarget() = default;
  // Makes `path` another name of a vault's object, in place of what has that
  // name. It need not survive a power cut before Sync of its folder.
  virtual absl::Status Link(const std::string& sha256, const std::string& path) = 0;
  // Writes a small file in the same way.
  virtual absl::Status Write(const std::string& content, const std::string& path) = 0;
  virtual absl::Status Sync(const std::string& folder) = 0;
  virtual bool Exists(const std::string& path) const = 0;
};

// Links in a real vault, which must outlive it.
std::unique_ptr<LinkTarget> MakeVaultLinks(Vault& vault);

// Links the artefacts of trials that have ended: predictions/, external/ and
// checkpoints/ of those that are done, with a model.json beside the weights
// (core/report/model_json.h), failed/ of those that stopped because of
// numbers that are not finite.
//
// Each trial is linked once, when it ends. Trials that end while others are being
// linked form one batch, of which each folder is synced once. What cannot be
// linked (a full disk) is tried again with the next batch, and when the program
// starts. Thread-safe.
class ArtifactLinker {
 public:
  // Works on `strand`, which has one thread and must outlive it, like `run_folder`
  // and `target`.
  ArtifactLinker(const std::string& run_folder, LinkTarget& target, Executor& strand);

  // Links what the trial left, if anything. Never blocks.
  void Add(const std::shared_ptr<const ExperimentMachine>& machine, uint32_t trial_number)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Links what the trials of the experiment left and has no name yet: after a
  // restart, which may have come before the links.
  void AddMissing(const std::shared_ptr<const ExperimentMachine>& machine) ABSL_LOCKS_EXCLUDED(mu_);

  // Trials that could not be linked so far. On the strand.
  size_t failures() const { return failed_.size(); }

 private:
  struct Trial {
    std::shared_ptr<const ExperimentMachine> machine;
    uint32_t number = 0;
    bool only_missing = false;
  };

  void Add(Trial trial) ABSL_LOCKS_EXCLUDED(mu_);
  // On the strand.
  void LinkBatch() ABSL_LOCKS_EXCLUDED(mu_);

  const std::string run_folder_;
  LinkTarget& target_;
  Executor& strand_;
  std::vector<Trial> failed_;  // Used on the strand.

  absl::Mutex mu_;
  std::vector<Trial> queue_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus

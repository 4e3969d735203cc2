#include "coordinator/runtime/artifact_linker.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/file_writer.h"
#include "common/files.h"
#include "common/log.h"
#include "common/random_id.h"
#include "common/status.h"
#include "coordinator/plan/planned_trials.h"
#include "coordinator/result/model_file.h"
#include "coordinator/result/run_folder_names.h"

namespace gyrus {
namespace {

struct NamedObject {
  std::string sha256;
  std::string path;  // In the run folder.
  // What to write there, where it is no object of the vault.
  std::string content = "";
};

// The weights before numbers stopped being finite, and their checkpoint.
std::vector<NamedObject> FailedObjects(const ExperimentMachine& machine, const TrialStatus& trial) {
  std::vector<NamedObject> objects;
  const std::string folder = FailedFolderOf(machine, (*machine.planned())[trial.number]);
  for (const v1::Artifact& artifact : trial.last_finite) {
    const bool weights = artifact.kind() == v1::ARTIFACT_KIND_WEIGHTS;
    objects.push_back({artifact.sha256(),
                       absl::StrCat(folder, weights ? "/weights.safetensors" : "/checkpoint.pb")});
  }
  return objects;
}

// Lists the files that a finished trial left in the vault, with their names in the run
// folder.
std::vector<NamedObject> DoneObjects(const ExperimentMachine& machine, const TrialStatus& trial) {
  const PlannedTrial& planned = (*machine.planned())[trial.number];
  const std::string checkpoint = CheckpointFolderOf(machine, planned);
  const std::pair<v1::ArtifactKind, std::string> names[] = {
      {v1::ARTIFACT_KIND_PREDICTIONS, PredictionsFileOf(machine, planned)},
      {v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS, ExternalFileOf(machine, planned)},
      {v1::ARTIFACT_KIND_TRANSFER, absl::StrCat(checkpoint, "/transfer.tsv")},
      {v1::ARTIFACT_KIND_WEIGHTS, absl::StrCat(checkpoint, "/weights.safetensors")},
      {v1::ARTIFACT_KIND_CHECKPOINT, absl::StrCat(checkpoint, "/checkpoint.pb")}};
  std::vector<NamedObject> objects;
  for (const auto& [kind, path] : names) {
    const v1::Artifact* const artifact = FindArtifact(*trial.finished.at(0), kind);
    if (artifact == nullptr) continue;
    // The training of an earlier stage tests nothing, so it predicts nothing.
    if (kind == v1::ARTIFACT_KIND_PREDICTIONS && planned.fold->test().empty()) continue;
    objects.push_back({artifact->sha256(), path});
  }
  // A plan that was made has no trial without a specification.
  if (absl::StatusOr<ReadableFile> model = ModelFileOf(machine, planned); model.ok()) {
    objects.push_back({"", std::move(model->path), std::move(model->content)});
  }
  return objects;
}

std::vector<NamedObject> ObjectsOf(const ExperimentMachine& machine, const TrialStatus& trial) {
  return trial.state == v1::TRIAL_STATE_DONE ? DoneObjects(machine, trial)
                                             : FailedObjects(machine, trial);
}

class VaultLinks final : public LinkTarget {
 public:
  explicit VaultLinks(Vault& vault) : vault_(vault) {}
  absl::Status Link(const std::string& sha256, const std::string& path) override {
    return vault_.LinkTo(sha256, path);
  }
  absl::Status Write(const std::string& content, const std::string& path) override {
    GYRUS_RETURN_IF_ERROR(MakeFolders(path.substr(0, path.rfind('/'))));
    const std::string aside = absl::StrCat(path, ".tmp-", RandomId());
    GYRUS_ASSIGN_OR_RETURN(FileWriter writer, FileWriter::Create(aside));
    absl::Status status = writer.Append(content);
    if (status.ok()) status = writer.Finish();
    if (status.ok() && rename(aside.c_str(), path.c_str()) != 0) {
      status = absl::ErrnoToStatus(errno, absl::StrCat("writing ", path));
    }
    if (!status.ok()) unlink(aside.c_str());
    return status;
  }
  absl::Status Sync(const std::string& folder) override { return SyncFolder(folder); }
  bool Exists(const std::string& path) const override { return access(path.c_str(), F_OK) == 0; }

 private:
  Vault& vault_;
};

}  // namespace

std::unique_ptr<LinkTarget> MakeVaultLinks(Vault& vault) {
  return std::make_unique<VaultLinks>(vault);
}

ArtifactLinker::ArtifactLinker(const std::string& run_folder, LinkTarget& target, Executor& strand)
    : run_folder_(run_folder), target_(target), strand_(strand) {}

void ArtifactLinker::Add(const std::shared_ptr<const ExperimentMachine>& machine,
                         uint32_t trial_number) {
  Add({machine, trial_number, false});
}

void ArtifactLinker::AddMissing(const std::shared_ptr<const ExperimentMachine>& machine) {
  for (const TrialStatus& trial : machine->trials()) {
    const bool left_something = trial.state == v1::TRIAL_STATE_DONE || !trial.last_finite.empty();
    if (left_something) Add({machine, trial.number, true});
  }
}

void ArtifactLinker::Add(Trial trial) {
  {
    absl::MutexLock lock(&mu_);
    queue_.push_back(std::move(trial));
    if (queue_.size() > 1) return;  // The strand takes the whole queue.
  }
  strand_.Run([this] { LinkBatch(); });
}

// Folders are synced once for each batch and not for each file. With thousands of trials
// that end together, syncing would otherwise take most of the time.
void ArtifactLinker::LinkBatch() {
  std::vector<Trial> batch = std::exchange(failed_, {});
  {
    absl::MutexLock lock(&mu_);
    batch.insert(batch.end(), queue_.begin(), queue_.end());
    queue_.clear();
  }
  std::set<std::string> folders;
  for (Trial& trial : batch) {
    absl::Status status;
    for (const NamedObject& object :
         ObjectsOf(*trial.machine, trial.machine->trials()[trial.number])) {
      const std::string path = absl::StrCat(run_folder_, "/", object.path);
      // After a restart most links exist already.
      if (trial.only_missing && target_.Exists(path)) continue;
      status.Update(object.content.empty() ? target_.Link(object.sha256, path)
                                           : target_.Write(object.content, path));
      folders.insert(path.substr(0, path.rfind('/')));
    }
    if (status.ok()) continue;
    LogError(absl::StrCat("naming what ", trial.machine->trials()[trial.number].id,
                          " left: ", status.message()));
    failed_.push_back(std::move(trial));
  }
  for (const std::string& folder : folders) {
    if (const absl::Status status = target_.Sync(folder); !status.ok()) LogError(status.message());
  }
}

}  // namespace gyrus

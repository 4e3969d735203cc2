#include "coordinator/runtime/experiment_files.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/files.h"
#include "common/log.h"
#include "common/status.h"

namespace gyrus {
namespace {

absl::Status Write(const ReadableFile& file, const std::string& run) {
  const std::string path = absl::StrCat(run, "/", file.path);
  GYRUS_RETURN_IF_ERROR(MakeFolders(path.substr(0, path.rfind('/'))));
  return WriteFileAtomically(path, file.content);
}

// Whether a result of this experiment has files beside its numbers: to compute it
// takes a while.
bool ResultHasFiles(const ExperimentMachine& machine) {
  if (machine.plan() == nullptr) return false;
  const v1::Evaluate& evaluate = machine.plan()->spec().evaluate();
  const bool corrects = evaluate.bias_correction() != v1::BIAS_METHOD_UNSPECIFIED &&
                        evaluate.bias_correction() != v1::BIAS_METHOD_NONE;
  return corrects || !machine.plan()->external().empty();
}

}  // namespace

ExperimentFiles::ExperimentFiles(const RunFolder& folder, LinkTarget& links,
                                 const ResultBuilder& results)
    : folder_(folder), links_(links), results_(results), linker_(folder.path(), links, strand_) {}

void ExperimentFiles::TrialEnded(const std::shared_ptr<const ExperimentMachine>& machine,
                                 uint32_t trial_number) {
  linker_.Add(machine, trial_number);
}

void ExperimentFiles::ExperimentEnded(const std::shared_ptr<const ExperimentMachine>& machine) {
  strand_.Run([this, machine] {
    if (const absl::Status status = Complete(*machine); !status.ok()) {
      LogError(
          absl::StrCat("writing the files of experiment ", machine->id(), ": ", status.message()));
    }
  });
}

void ExperimentFiles::Recover(const std::shared_ptr<const ExperimentMachine>& machine) {
  if (machine->IsTerminal() && links_.Exists(MarkerOf(*machine))) return;
  linker_.AddMissing(machine);
  if (machine->IsTerminal()) ExperimentEnded(machine);
}

std::string ExperimentFiles::MarkerOf(const ExperimentMachine& machine) const {
  return absl::StrCat(folder_.coordinator_folder(), "/complete/", machine.id());
}

absl::Status ExperimentFiles::Complete(const ExperimentMachine& machine) {
  if (ResultHasFiles(machine)) {
    GYRUS_ASSIGN_OR_RETURN(const MadeResult made, results_.Build(machine));
    for (const ReadableFile& file : made.files) {
      GYRUS_RETURN_IF_ERROR(Write(file, folder_.path()));
    }
  }
  if (machine.plan() != nullptr) {
    GYRUS_ASSIGN_OR_RETURN(const v1::Curves curves, results_.BuildCurves(machine));
    GYRUS_RETURN_IF_ERROR(Write(CurvesFile(machine, curves), folder_.path()));
  }
  if (linker_.failures() > 0) return absl::OkStatus();
  GYRUS_RETURN_IF_ERROR(MakeFolders(absl::StrCat(folder_.coordinator_folder(), "/complete")));
  return WriteFileAtomically(MarkerOf(machine), "");
}

void ExperimentFiles::Flush() {
  absl::Notification done;
  strand_.Run([&done] { done.Notify(); });
  done.WaitForNotification();
}

}  // namespace gyrus

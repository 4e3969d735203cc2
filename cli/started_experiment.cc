#include "cli/started_experiment.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

std::string DigestLine(const ExperimentFile& experiment) {
  return absl::StrCat("# Spec: ", DigestOf(experiment.spec), "\n");
}

// The run folder keeps the file as the user wrote it, with the command line and a digest as
// comments. The digest decides whether a later command is the same experiment.
std::string Record(const ExperimentFile& experiment) {
  std::string record = experiment.text;
  if (!record.empty() && record.back() != '\n') record += '\n';
  absl::StrAppend(&record, "# Started by: gyrus run ", absl::CEscape(experiment.source.file));
  for (const std::string& override : experiment.source.overrides) {
    absl::StrAppend(&record, " --set '", absl::CEscape(override), "'");
  }
  return absl::StrCat(record, "\n", DigestLine(experiment));
}

}  // namespace

absl::Status ClaimRunFolder(const RunFolder& run, const ExperimentFile& experiment) {
  const auto found = ReadFile(run.experiment_file());
  if (absl::IsNotFound(found.status())) {
    return WriteFileAtomically(run.experiment_file(), Record(experiment));
  }
  GYRUS_RETURN_IF_ERROR(found.status());
  if (!absl::EndsWith(*found, DigestLine(experiment))) {
    return absl::FailedPreconditionError(
        absl::StrCat(run.path(), " belongs to another experiment (", run.experiment_file(),
                     " differs from what was asked); choose another --out"));
  }
  return absl::OkStatus();
}

}  // namespace gyrus::cli

#include "cli/started_experiment.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/files.h"
#include "common/status.h"
#include "core/spec/identity.h"
#include "core/spec/parse/experiment.h"
#include "core/spec/parse/experiment_text.h"

namespace gyrus::cli {
namespace {

constexpr size_t kMaxDifferences = 10;

std::string DigestLine(const ExperimentFile& experiment) {
  return absl::StrCat("# Spec: ", DigestOf(experiment.spec), "\n");
}

std::string EffectiveText(const ExperimentFile& experiment, const std::string& command_line) {
  return absl::StrCat(
      "# The experiment as it is run: with --set and all defaults. `gyrus run` of this file is\n"
      "# the same experiment.\n# Started by: ",
      absl::StrReplaceAll(command_line, {{"\n", "\n#   "}}), "\n", DigestLine(experiment), "\n",
      ExperimentToYaml(experiment.spec));
}

// The lines that a message has room for.
std::string Differences(const v1::ExperimentSpec& there, const v1::ExperimentSpec& asked) {
  const std::vector<std::string> lines = DifferencesOf(IdentityOf(there), IdentityOf(asked));
  std::string text;
  for (size_t i = 0; i < lines.size() && i < kMaxDifferences; ++i) {
    absl::StrAppend(&text, "\n  ", lines[i]);
  }
  if (lines.size() > kMaxDifferences) {
    absl::StrAppend(&text, "\n  ... and ", lines.size() - kMaxDifferences, " more keys");
  }
  return text;
}

}  // namespace

absl::Status ClaimRunFolder(const RunFolder& run, const ExperimentFile& experiment,
                            const std::string& command_line) {
  const auto found = ReadFile(run.effective_file());
  if (absl::IsNotFound(found.status())) {
    GYRUS_RETURN_IF_ERROR(WriteFileAtomically(run.experiment_file(), experiment.text));
    return WriteFileAtomically(run.effective_file(), EffectiveText(experiment, command_line));
  }
  GYRUS_RETURN_IF_ERROR(found.status());
  if (absl::StrContains(*found, DigestLine(experiment))) return absl::OkStatus();
  const auto there = ParseExperiment(*found, run.effective_file());
  return absl::FailedPreconditionError(absl::StrCat(
      run.path(), " belongs to another experiment; choose another --out, or ask for what ",
      run.effective_file(), " has", there.ok() ? ":" : "",
      there.ok() ? Differences(there->spec, experiment.spec) : ""));
}

}  // namespace gyrus::cli

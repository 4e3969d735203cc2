#include "cli/experiment_file.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"
#include "core/spec/check/check.h"
#include "core/spec/defaults/defaults.h"
#include "core/spec/identity.h"
#include "core/spec/parse/experiment.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace gyrus::cli {
namespace fs = std::filesystem;

void AddExperimentSource(CLI::App& command, ExperimentSource& source) {
  command.add_option("FILE", source.file, "The experiment (docs/experiment.md)")->required();
  command
      .add_option("--set", source.overrides, "Change a value of the experiment; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void MakePathsAbsolute(const SourceMap& sources, absl::string_view experiment_folder,
                       absl::string_view current_folder, v1::ExperimentSpec& spec) {
  const auto absolute = [&](absl::string_view key, const std::string& path) {
    const bool overridden = absl::StartsWith(sources.Where(key), "--set ");
    const fs::path folder(std::string(overridden ? current_folder : experiment_folder));
    // With operator/, an absolute path stays as it is.
    return (folder / path).lexically_normal().string();
  };
  for (v1::Cohort& cohort : *spec.mutable_cohorts()) {
    const std::string key = absl::StrCat("cohorts.", cohort.name(), ".manifest");
    cohort.set_manifest(absolute(key, cohort.manifest()));
    if (cohort.root().empty()) continue;
    cohort.set_root(absolute(absl::StrCat("cohorts.", cohort.name(), ".root"), cohort.root()));
  }
  for (const auto& [owner, init] : InitsOf(spec)) {
    if (!init->has_weights()) continue;
    const std::string own = absl::StrCat(owner, "init.weights");
    // An arm or a stage without a file of its own has that of the experiment.
    init->set_weights(absolute(sources.Has(own) ? own : "init.weights", init->weights()));
  }
}

namespace {

// A folder that is given for a table, such as a BIDS folder. Said before the whole is
// checked: what else would be missed follows from it.
absl::Status CheckManifestsAreFiles(const v1::ExperimentSpec& spec, const SourceMap& sources,
                                    const fs::path& experiment_folder) {
  for (const v1::Cohort& cohort : spec.cohorts()) {
    const std::string key = absl::StrCat("cohorts.", cohort.name(), ".manifest");
    const bool overridden = absl::StartsWith(sources.Where(key), "--set ");
    const fs::path path =
        overridden ? fs::path(cohort.manifest()) : experiment_folder / cohort.manifest();
    std::error_code error;
    if (cohort.manifest().empty() || !fs::is_directory(path, error)) continue;
    const bool is_bids = fs::exists(path / "participants.tsv", error);
    return absl::InvalidArgumentError(
        absl::StrCat(sources.Where(key), ": ", key, ": ", cohort.manifest(), " is a folder; give ",
                     is_bids ? (fs::path(cohort.manifest()) / "participants.tsv").string()
                             : "the table in it, such as its participants.tsv",
                     is_bids && cohort.images().empty()
                         ? ", and say where the images are: images: {T1w: "
                           "\"{participant_id}/anat/{participant_id}_T1w.nii.gz\"}"
                         : ""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExperimentFile> LoadExperiment(ExperimentSource source) {
  ExperimentFile experiment{.source = std::move(source)};
  const ExperimentSource& given = experiment.source;
  GYRUS_ASSIGN_OR_RETURN(experiment.text, ReadFile(given.file));
  GYRUS_ASSIGN_OR_RETURN(ParsedExperiment parsed,
                         ParseExperiment(experiment.text, given.file, given.overrides));
  GYRUS_RETURN_IF_ERROR(
      CheckManifestsAreFiles(parsed.spec, parsed.sources, fs::path(given.file).parent_path()));
  FillDefaults(parsed.spec);
  GYRUS_RETURN_IF_ERROR(CheckExperiment(parsed.spec, parsed.sources));
  std::error_code error;
  const fs::path current = fs::current_path(error);
  if (error) return absl::ErrnoToStatus(error.value(), "looking for the current folder");
  const std::string folder = (current / given.file).parent_path().string();
  // The coordinator and the loader run in other folders, so paths are made absolute here.
  MakePathsAbsolute(parsed.sources, folder, current.string(), parsed.spec);
  GYRUS_ASSIGN_OR_RETURN(experiment.weights, NoteWeightFiles(parsed.spec));
  experiment.spec = std::move(parsed.spec);
  return experiment;
}

std::string DigestOf(const v1::ExperimentSpec& spec) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // Otherwise the order of maps is random.
    IdentityOf(spec).SerializeToCodedStream(&coded);
  }
  return Hex(Sha256Of(bytes));
}

absl::StatusOr<std::vector<std::string>> DataRoots(const v1::ExperimentSpec& spec) {
  std::vector<std::string> folders;
  const auto add = [&](const v1::Cohort& cohort, absl::string_view key, const std::string& folder,
                       const std::string& path) -> absl::Status {
    if (std::error_code error; !fs::is_directory(folder, error)) {
      return absl::DataLossError(absl::StrCat("cohorts.", cohort.name(), ".", key, ": ", path,
                                              ": there is no such folder"));
    }
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
    return absl::OkStatus();
  };
  for (const v1::Cohort& cohort : spec.cohorts()) {
    GYRUS_RETURN_IF_ERROR(add(
        cohort, "manifest", fs::path(cohort.manifest()).parent_path().string(), cohort.manifest()));
    if (cohort.root().empty()) continue;
    GYRUS_RETURN_IF_ERROR(add(cohort, "root", cohort.root(), cohort.root()));
  }
  return folders;
}

}  // namespace gyrus::cli

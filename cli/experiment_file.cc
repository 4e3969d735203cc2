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
#include "core/spec/check.h"
#include "core/spec/defaults.h"
#include "core/spec/experiment.h"
#include "core/spec/identity.h"
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
    // An absolute path stays as it is.
    return (folder / path).lexically_normal().string();
  };
  for (v1::Cohort& cohort : *spec.mutable_cohorts()) {
    const std::string key = absl::StrCat("cohorts.", cohort.name(), ".manifest");
    cohort.set_manifest(absolute(key, cohort.manifest()));
  }
  for (const auto& [owner, init] : InitsOf(spec)) {
    if (!init->has_weights()) continue;
    const std::string own = absl::StrCat(owner, "init.weights");
    // What an arm or a stage has not of its own is the experiment's.
    init->set_weights(absolute(sources.Has(own) ? own : "init.weights", init->weights()));
  }
}

absl::StatusOr<ExperimentFile> LoadExperiment(ExperimentSource source) {
  ExperimentFile experiment{.source = std::move(source)};
  const ExperimentSource& given = experiment.source;
  GYRUS_ASSIGN_OR_RETURN(experiment.text, ReadFile(given.file));
  GYRUS_ASSIGN_OR_RETURN(ParsedExperiment parsed,
                         ParseExperiment(experiment.text, given.file, given.overrides));
  FillDefaults(parsed.spec);
  GYRUS_RETURN_IF_ERROR(CheckExperiment(parsed.spec, parsed.sources));
  std::error_code error;
  const fs::path current = fs::current_path(error);
  if (error) return absl::ErrnoToStatus(error.value(), "looking for the current folder");
  const std::string folder = (current / given.file).parent_path().string();
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
    coded.SetSerializationDeterministic(true);  // Maps have no order of their own.
    IdentityOf(spec).SerializeToCodedStream(&coded);
  }
  return Hex(Sha256Of(bytes));
}

absl::StatusOr<std::vector<std::string>> DataRoots(const v1::ExperimentSpec& spec) {
  std::vector<std::string> folders;
  for (const v1::Cohort& cohort : spec.cohorts()) {
    const std::string folder = fs::path(cohort.manifest()).parent_path().string();
    if (std::error_code error; !fs::is_directory(folder, error)) {
      return absl::DataLossError(absl::StrCat("cohorts.", cohort.name(), ".manifest: ",
                                              cohort.manifest(), ": there is no such folder"));
    }
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
  }
  return folders;
}

}  // namespace gyrus::cli

// Reads an experiment as an operator gives it to a command: as a YAML file, with
// changes on the command line (--set).
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/weight_files.h"
#include "core/spec/source_map.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus::cli {

struct ExperimentSource {
  std::string file;
  std::vector<std::string> overrides;  // KEY=VALUE
};

// Adds the argument FILE and the option --set. `source` must outlive `command`.
void AddExperimentSource(CLI::App& command, ExperimentSource& source);

struct ExperimentFile {
  ExperimentSource source;
  std::string text;  // The content of the file.
  // The experiment with the overrides, all defaults and absolute paths; checked.
  v1::ExperimentSpec spec;
  WeightFiles weights;
};

// Reads an experiment, fills in the defaults, and checks it.
//  * INVALID_ARGUMENT: the experiment is wrong, or a manifest is a folder; the
//    message has file, line and key.
//  * The codes of common/files.h: a file cannot be read.
absl::StatusOr<ExperimentFile> LoadExperiment(ExperimentSource source);

// Makes the paths of manifests, of roots of images and of files with weights absolute.
// A relative path in the file is relative to the folder of the experiment file; one that
// an override gives is relative to the current folder.
void MakePathsAbsolute(const SourceMap& sources, absl::string_view experiment_folder,
                       absl::string_view current_folder, v1::ExperimentSpec& spec);

// The SHA-256 of an experiment, in hexadecimal digits. Equal experiments have equal
// digests on every machine.
std::string DigestOf(const v1::ExperimentSpec& spec);

// The folders of the manifests and the roots of images, each once. A loader on this
// machine must be allowed to read them. DATA_LOSS: a folder does not exist.
absl::StatusOr<std::vector<std::string>> DataRoots(const v1::ExperimentSpec& spec);

}  // namespace gyrus::cli

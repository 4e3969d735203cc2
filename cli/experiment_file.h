// An experiment as an operator gives it: a file and changes to it.
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
  std::vector<std::string> overrides;  // PATH=VALUE
};

// FILE and --set. `source` must outlive `command`.
void AddExperimentSource(CLI::App& command, ExperimentSource& source);

struct ExperimentFile {
  ExperimentSource source;
  std::string text;
  v1::ExperimentSpec spec;  // Checked, with all defaults and absolute paths.
  WeightFiles weights;
};

// Reads, fills and checks the experiment.
//  * INVALID_ARGUMENT: as in core/spec/experiment.h and check.h; a manifest is a
//    folder.
//  * errors of reading the file.
absl::StatusOr<ExperimentFile> LoadExperiment(ExperimentSource source);

// Manifests, roots of images and files of weights: a relative path is relative to the folder of
// the experiment file; one that an override gives, to the current folder.
void MakePathsAbsolute(const SourceMap& sources, absl::string_view experiment_folder,
                       absl::string_view current_folder, v1::ExperimentSpec& spec);

// What names this experiment wherever it runs: equal specs, equal names.
std::string DigestOf(const v1::ExperimentSpec& spec);

// The folders of the manifests and the roots of images, each once: what a loader on this machine
// must be able to read. DATA_LOSS: there is no such folder.
absl::StatusOr<std::vector<std::string>> DataRoots(const v1::ExperimentSpec& spec);

}  // namespace gyrus::cli

// Reads an experiment file, which is YAML, into a v1::ExperimentSpec.
// docs/experiment.md is the manual of the file.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/spec/source_map.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct ParsedExperiment {
  // As written: core/spec/defaults fills it, core/spec/check checks it.
  v1::ExperimentSpec spec;
  // Places in the file, for the messages of CheckExperiment.
  SourceMap sources;
};

// Reads the text of an experiment file, with `overrides` ("train.epochs=3", see
// overrides.h) applied in order. `file_name` is for messages.
//
// INVALID_ARGUMENT: keys that are not known, values of another type or out of
// range of the type, text that is not YAML. The message has a line for each
// problem, at most ten: "exp.yaml:12: train: unknown key 'epoch'; did you mean
// 'epochs'?"; those of an override begin "--set train.epoch=3: ".
absl::StatusOr<ParsedExperiment> ParseExperiment(absl::string_view yaml_text,
                                                 absl::string_view file_name,
                                                 std::vector<std::string> overrides = {});

}  // namespace gyrus

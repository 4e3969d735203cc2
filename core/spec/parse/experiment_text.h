// Writes an experiment as the text of an experiment file: what ParseExperiment reads.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// YAML that ParseExperiment reads back as the same spec. It has every value that the spec
// has, so that for a spec with its defaults it shows what is done.
std::string ExperimentToYaml(const v1::ExperimentSpec& spec);

// Every value of the spec, by its key: "train.epochs" -> "60", "cohorts.a.images.T1w" ->
// "\"{id}.nii\"". A list of values is one value.
std::map<std::string, std::string> ValuesOf(const v1::ExperimentSpec& spec);

// A line for each value in which the experiments differ: "train.epochs: 3 there, 60
// asked". A value that one of them lacks is "none".
std::vector<std::string> DifferencesOf(const v1::ExperimentSpec& there,
                                       const v1::ExperimentSpec& asked);

}  // namespace gyrus

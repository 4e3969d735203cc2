// Experiment files for the tests of this folder.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "gtest/gtest.h"

namespace gyrus::cli {

inline std::string ExperimentText(const std::string& name) {
  return absl::StrCat("name: ", name, R"(
cohorts:
  infants:
    manifest: cohort/participants.csv
    images: {T1w: "{subject_id}/T1w.nii.gz"}
    columns: {subject: subject_id, age: age_months}
recipe: [{reorient: RAS}, {zscore: {inside: brain}}]
arms:
  T1w: {channels: [T1w]}
model: {resnet3d: {depth: 18, norm: instance}}
task: {regression: {target: age, loss: l1}}
train: {epochs: 2, batch: 2, optimizer: {adam: {lr: 1.0e-4}}}
split: {kfold: {k: 3}}
)");
}

// FOLDER/exp.yaml, and the folder of its manifest, which is not there itself.
inline std::string WriteExperiment(const std::string& folder, const std::string& name) {
  const std::string path = absl::StrCat(folder, "/exp.yaml");
  EXPECT_TRUE(MakeFolders(absl::StrCat(folder, "/cohort")).ok());
  EXPECT_TRUE(WriteFileAtomically(path, ExperimentText(name)).ok());
  return path;
}

}  // namespace gyrus::cli

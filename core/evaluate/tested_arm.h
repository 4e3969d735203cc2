// The predictions of an arm's networks for the items that they were tested on, as input
// for comparisons and tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct TestedFold {
  uint32_t repeat = 0;
  uint32_t fold = 0;
  std::vector<v1::Prediction> predictions;  // Sorted by item.
  v1::Metrics metrics;
  // What the baseline (baseline.h) predicts for every item; absent where it has none.
  std::optional<double> baseline = std::nullopt;
};

struct TestedArm {
  std::string name;
  v1::Task task;
  // The folds that have a result, sorted by repeat and then by fold.
  std::vector<TestedFold> folds;
};

// Name of an item -> its sample.
using SamplesById = absl::flat_hash_map<std::string, const v1::Sample*>;

}  // namespace gyrus

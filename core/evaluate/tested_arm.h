// What the models of an arm said of the items that they were tested on.
#pragma once

#include <cstdint>
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
  std::vector<v1::Prediction> predictions;  // By item.
  v1::Metrics metrics;
};

struct TestedArm {
  std::string name;
  v1::Task task;
  // Those that have a result; by repeat, then fold.
  std::vector<TestedFold> folds;
};

// By item.
using SamplesById = absl::flat_hash_map<std::string, const v1::Sample*>;

}  // namespace gyrus

// Where what a machine only names is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

struct ResultSources {
  // The vault's object with this SHA-256.
  std::function<absl::StatusOr<std::string>(const std::string& sha256)> object;
  // What a rank of an attempt visited, by epoch. Empty function: left out.
  std::function<absl::StatusOr<std::vector<v1::EpochItemsSeen>>(const std::string& trial_id,
                                                                uint32_t attempt, uint32_t rank)>
      items_seen;
};

}  // namespace gyrus

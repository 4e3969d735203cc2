// Access to the data of an experiment that its state names only by digest.
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
  // The items that an attempt was trained on, by epoch that it finished. An empty
  // function leaves them out of the result.
  std::function<absl::StatusOr<std::vector<v1::EpochItemsSeen>>(const std::string& trial_id,
                                                                uint32_t attempt)>
      items_seen;
};

}  // namespace gyrus

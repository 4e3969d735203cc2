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
  // What an attempt trained on in the epochs that it finished. With an empty
  // function the result leaves it out.
  std::function<absl::StatusOr<std::vector<v1::EpochItemsSeen>>(const std::string& trial_id,
                                                                uint32_t attempt)>
      items_seen;
};

}  // namespace gyrus

// Files that the coordinator keeps, such as weights to begin with.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace gyrus {

// Writes the file with this digest (32 bytes) to `path`, whole or not at all. Asks
// again while the coordinator cannot be reached, for `patience`.
// NOT_FOUND, DATA_LOSS: as Workers.Download; also when what came has another
// digest.
absl::Status DownloadFile(const std::string& coordinator_address, absl::string_view sha256,
                          const std::string& path, absl::Duration patience);

}  // namespace gyrus

// Downloads files from the coordinator's vault, such as the weights with which a
// training begins.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace gyrus {

// Writes the file with this SHA-256 (32 bytes) to `path`, completely or not at all.
// While the coordinator cannot be reached the call is repeated, for `patience`.
// NOT_FOUND and DATA_LOSS are those of Workers.Download; DATA_LOSS also means that
// the bytes received have another digest.
absl::Status DownloadFile(const std::string& coordinator_address, absl::string_view sha256,
                          const std::string& path, absl::Duration patience);

}  // namespace gyrus

// What the main functions of all programs have in common: the exit code of a
// status (common/exit_code.h), and telling the process that started a server
// where the server listens.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/exit_code.h"  // IWYU pragma: export

namespace gyrus {

// Writes `address` (HOST:PORT) to the file `path`, whole or not at all, for the
// process that waits for it. Does nothing if `path` is empty. The errors are those
// of common/files.h.
absl::Status WriteAddressFile(const std::string& path, const std::string& address);

}  // namespace gyrus

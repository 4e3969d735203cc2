// Functions that the main functions of all programs share: they turn a status into an
// exit code (common/exit_code.h), and report the address of a server to the process
// that started it.
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

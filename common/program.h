// What every serving program does around its work.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace gyrus {

// Writes HOST:PORT to `path` for who started this program; nothing if empty.
absl::Status WriteAddressFile(const std::string& path, const std::string& address);

// The exit code of a program that ends with `status`: 0, or as docs/cli.md says
// 3 (data), 4 (unavailable), 2 (usage or spec), 5 (internal).
int ExitCodeFor(const absl::Status& status);

}  // namespace gyrus

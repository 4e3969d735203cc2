// Finds the error with which a program ended, in its log.
#pragma once

#include <cstdint>
#include <string>

namespace gyrus::cli {

// The message of the last error (see common/log.h) in `log_file` after the first `offset`
// bytes. If there is no error, the last line; if there is no line, nothing.
std::string LastError(const std::string& log_file, uint64_t offset);

}  // namespace gyrus::cli

// What a program said last.
#pragma once

#include <cstdint>
#include <string>

namespace gyrus::cli {

// The message of the last error (common/log.h) that was written to `log_file`
// after its first `offset` bytes; else the last line; empty when there is none.
std::string LastError(const std::string& log_file, uint64_t offset);

}  // namespace gyrus::cli

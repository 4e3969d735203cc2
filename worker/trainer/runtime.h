// Checks and configures the LibTorch that this program runs with.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace gyrus {

// FAILED_PRECONDITION: LibTorch or Gloo is not the one that this program was
// built with.
absl::Status CheckRuntime();

// Returns the numeric kind: everything besides the experiment that influences the
// last bits of a result. Example: "cpu AVX512 AuthenticAMD-25-17 torch-2.11.0".
std::string NumericKind();

// Sets the number of threads of one operation. Must be called before the first
// operation, whose result depends on it.
void SetThreads(uint32_t threads);

// Keeps freed memory instead of returning it to the system after each step, which
// costs 6 to 28 % of a step (docs/performance.md). Must be called before the first
// large allocation.
void KeepFreedMemory();

}  // namespace gyrus

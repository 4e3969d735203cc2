// The LibTorch under this program.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace gyrus {

// FAILED_PRECONDITION: LibTorch or Gloo is not the one that this program was
// built with.
absl::Status CheckRuntime();

// What decides bits besides the spec: "cpu AVX512 AuthenticAMD-25-17
// torch-2.11.0".
std::string NumericKind();

// Threads of one operation; before the first operation. The result of an
// operation depends on it.
void SetThreads(uint32_t threads);

// Keeps freed memory instead of giving it back to the system after each step,
// which costs 6 to 28 % of a step (docs/performance.md). Before the first
// allocation of size.
void KeepFreedMemory();

}  // namespace gyrus

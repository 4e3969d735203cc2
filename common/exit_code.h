// The exit codes of all programs of Gyrus: one table, which docs/cli.md shows to
// users (a test compares the two). common/reason/reason.h adds the exit code of a
// v1::Reason.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace gyrus {

enum ExitCode : int {
  kExitSuccess = 0,
  kExitIncomplete = 1,
  kExitUsage = 2,
  kExitData = 3,
  kExitUnavailable = 4,
  kExitInternal = 5,
  kExitInterrupted = 130,  // As a shell has it for SIGINT: 128 + 2.
};

struct ExitCodeMeaning {
  ExitCode code;
  // For users, in the words of docs/cli.md.
  absl::string_view meaning;
};

// Every exit code, in ascending order.
absl::Span<const ExitCodeMeaning> ExitCodeTable();

// The exit code of a program that ends with `status`.
ExitCode ExitCodeFor(const absl::Status& status);

// The inverse, for a program that reports how its child process ended: a code for which
// ExitCodeFor() returns `exit_code` again. An exit code that is not in the table stands
// for UNAVAILABLE. `exit_code` must not be 0.
absl::StatusCode StatusCodeFor(int exit_code);

}  // namespace gyrus

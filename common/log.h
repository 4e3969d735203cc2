// The log of a program: one line on standard error for each event, with its severity,
// the time (UTC) and the name of the program.
#pragma once

#include "absl/strings/string_view.h"

namespace gyrus {

// Info is for what an operator would put in a timeline; a warning says that something
// was tried again or dropped; an error says that a human must act. No line may have
// the content of an image or the identity of a subject. Thread-safe.
void LogInfo(absl::string_view message);
void LogWarning(absl::string_view message);
void LogError(absl::string_view message);

// Sets the name of the program. Must be called in main, before there are threads.
void SetLogName(absl::string_view name);

}  // namespace gyrus

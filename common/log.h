// What an operator reads on standard error, one line an event.
#pragma once

#include "absl/strings/string_view.h"

namespace gyrus {

// Info: what an operator would put in a timeline. Warning: something was
// retried or dropped. Error: a human must act. Never image contents or who a
// subject is, at any severity.
void LogInfo(absl::string_view message);
void LogWarning(absl::string_view message);
void LogError(absl::string_view message);

// The first word of every line: the program's name. Call once, in main.
void SetLogName(absl::string_view name);

}  // namespace gyrus

// Writes command lines that a person can paste into a shell.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gyrus::cli {

// One word of a command line of a POSIX shell. It has quotes only where the shell would
// otherwise change it.
std::string ShellWord(absl::string_view word);

// The words as one line.
std::string ShellLine(const std::vector<std::string>& words);

}  // namespace gyrus::cli

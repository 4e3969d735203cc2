// Recognises the words by which a table says that there is no value.
#pragma once

#include "absl/strings/string_view.h"

namespace gyrus {

// Whether a cell holds no value: it is empty, or one of the words that programs
// write for that, in upper or lower case. docs/experiment.md, "Missing values",
// lists them for users.
bool IsMissing(absl::string_view cell);

}  // namespace gyrus

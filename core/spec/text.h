// Checks of text that people write, and pieces of the messages about it.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gyrus {

// Whether `text` may be a name: 1 to 64 letters, digits, '-' and '_'.
bool IsName(absl::string_view text);
// The message about a text that is not a name.
std::string InvalidName(absl::string_view text);

// 'text' in quotes for a message; long text is cut short.
std::string Quoted(absl::string_view text);

// "unknown key 'epoch'; did you mean 'epochs'?", or, when no word of `known` is
// similar, "unknown key 'x'; there are: batch, epochs". `what` is "key" here.
std::string UnknownWord(absl::string_view what, absl::string_view word,
                        const std::vector<std::string>& known);

}  // namespace gyrus

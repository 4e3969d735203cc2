// Checks and words for text that people write.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/text_identity.h"  // Quoted

namespace gyrus {

// Letters, digits, '-' and '_'; 1 to 64.
bool IsName(absl::string_view text);
// For what is none.
std::string InvalidName(absl::string_view text);

// "unknown key 'epoch'; did you mean 'epochs'?", or, when no word of `known` is
// near, "unknown key 'x'; there are: batch, epochs". `what` is "key" here.
std::string UnknownWord(absl::string_view what, absl::string_view word,
                        const std::vector<std::string>& known);

}  // namespace gyrus

// Finds out which character separates the cells of a table.
#pragma once

#include "absl/strings/string_view.h"

namespace gyrus {

// '\t', ';' or ',': the one that divides the first rows of `text` into as many
// cells as the header; of several such the one that makes most columns. Characters
// inside of quoted cells do not count. ',' where none is in the header. `text`
// begins with the header; its lines end with LF.
char DelimiterOf(absl::string_view text);

// For messages: "a tab", "';'", "','".
absl::string_view DelimiterInWords(char delimiter);

}  // namespace gyrus

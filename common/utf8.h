// Is it text?
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace gyrus {

// Where the first byte is that is no part of UTF-8 text, or npos. Control
// characters other than tab, line feed and carriage return are no text.
size_t FirstByteThatIsNoText(absl::string_view bytes);

}  // namespace gyrus

// Tells text from other bytes, for files that should be text but may be anything.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace gyrus {

// The position of the first byte that does not belong to UTF-8 text, or npos. A control
// character other than tab, line feed and carriage return does not belong to text.
size_t FirstByteThatIsNoText(absl::string_view bytes);

}  // namespace gyrus

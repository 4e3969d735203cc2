// Explains mistakes in text that is not YAML to people who do not know the grammar. A
// parser says where it gave up and what it expected ("illegal map value");
// the mistake is often some lines above, and of a few kinds: a tab, a blank that is
// missing after a colon, braces without quotes, indentation, a bracket that is not
// closed.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace gyrus {

struct YamlMistake {
  int line = 0;  // From 1.
  // Says what was found, what was expected, and gives an example.
  std::string explanation;
};

// The likeliest mistake in `text`, whose parser gave up at `line` (from 1) with
// `message`. No value: it is of no kind that is known here.
std::optional<YamlMistake> FindYamlMistake(absl::string_view text, int line,
                                           absl::string_view message);

}  // namespace gyrus

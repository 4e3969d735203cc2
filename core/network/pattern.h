// Matches the names of tensors with patterns such as "layer1.*" and "*.bias".
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/network/graph.h"

namespace gyrus {

// `*` stands for any text, also none and also with points; all else for itself.
bool MatchesPattern(absl::string_view name, absl::string_view pattern);
template <typename Patterns>
bool MatchesAny(absl::string_view name, const Patterns& patterns) {
  for (const auto& pattern : patterns) {
    if (MatchesPattern(name, pattern)) return true;
  }
  return false;
}

// Parameters and running means, in the order of the forward pass; not counters.
std::vector<NamedShape> TensorsOf(const Graph& graph);

}  // namespace gyrus

#include "core/network/pattern.h"

namespace gyrus {

bool MatchesPattern(absl::string_view name, absl::string_view pattern) {
  // Where the last star was, and what it stands for so far.
  size_t star = absl::string_view::npos, taken = 0;
  size_t n = 0, p = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != absl::string_view::npos) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<NamedShape> TensorsOf(const Graph& graph) {
  std::vector<NamedShape> tensors;
  for (const Node& node : graph.nodes) {
    tensors.insert(tensors.end(), node.parameters.begin(), node.parameters.end());
    for (const NamedShape& buffer : node.buffers) {
      if (!buffer.shape.empty()) tensors.push_back(buffer);
    }
  }
  return tensors;
}

}  // namespace gyrus

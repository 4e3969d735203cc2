// Reads YAML text into a tree. This is the only file that uses yaml-cpp, whose
// exceptions end here.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/spec/parse/yaml_node.h"
#include "core/spec/source_map.h"

namespace gyrus {

inline constexpr size_t kMaxYamlBytes = 256 << 10;
inline constexpr int kMaxYamlDepth = 32;

// Reads one document. With `override_index` >= 0, `text` is the value of that
// override, and the nodes have it as their origin; otherwise they have lines of the
// file.
//
// INVALID_ARGUMENT, with the place as `sources` describes it: not UTF-8 text,
// not YAML, more than one document, more than kMaxYamlBytes, nested deeper than
// kMaxYamlDepth, an alias, a tag, a key that is not a word, a control character
// or line break in a value. Aliases are refused so that a small file stays a
// small tree.
absl::StatusOr<YamlNode> ParseYaml(absl::string_view text, const SourceMap& sources,
                                   int override_index = -1);

}  // namespace gyrus

// A YAML document as a tree that remembers where each part was written.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/spec/source_map.h"

namespace gyrus {

// Thread-compatible.
struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kNull;
  // The place of the key when this is the value of a mapping.
  Origin origin;
  // The text of a scalar, as written, without quotes.
  std::string text;
  bool quoted = false;
  // Items of a sequence, or values of a mapping in the order of the file, also those
  // whose key is there twice.
  std::vector<YamlNode> children;
  // The key when this is the value of a mapping.
  std::string key;

  bool IsMapping() const { return kind == Kind::kMapping; }
  // The first value under `wanted`, or null.
  YamlNode* Find(absl::string_view wanted) {
    for (YamlNode& child : children) {
      if (child.key == wanted) return &child;
    }
    return nullptr;
  }
};

// For messages: "nothing", "a single value", "a list", "a mapping".
absl::string_view KindInWords(const YamlNode& node);

}  // namespace gyrus

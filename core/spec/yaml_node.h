// A YAML document as a tree that remembers where each part was written.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace gyrus {

// Where something was written: a line of the experiment file, from 1, or one of
// the overrides, from 0. Neither: nobody wrote it.
struct Origin {
  int line = 0;
  int override_index = -1;
};

// Thread-compatible.
struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kNull;
  // Of the key when this is the value of a mapping.
  Origin origin;
  // Of a scalar: as written, without quotes.
  std::string text;
  bool quoted = false;
  // Items of a sequence; values of a mapping, in file order, duplicates too.
  std::vector<YamlNode> children;
  // When this is the value of a mapping.
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

// Finds texts of one column that differ but look the same, such as "12" and
// "12.0" or "s01" and "S01". Most likely they mean one thing and one of them is a
// slip; taken as two, one person would be on both sides of a split.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/string_view.h"

namespace gyrus {

// The texts seen so far, by their looks (text_identity.h). Thread-compatible.
class LookAlikes {
 public:
  struct Text {
    std::string text;
    uint32_t line = 0;  // Where it was seen first.
  };

  // Notes a canonical text. Returns the first text of the same look where that is
  // another text. Each text is answered so only once, however often it is noted.
  std::optional<Text> Add(absl::string_view text, uint32_t line);

 private:
  std::map<std::string, Text> by_look_;
  std::set<std::string> texts_;
};

}  // namespace gyrus

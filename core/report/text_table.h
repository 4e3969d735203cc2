// Columns of text for a terminal.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gyrus {

// Thread-compatible.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head) { rows_.push_back(std::move(head)); }

  // As many cells as the head has.
  void AddRow(std::vector<std::string> cells);

  // Each line indented by two spaces and ended by LF. The first column is
  // flush left, the others flush right.
  std::string ToString() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// For reading, not for computing: four digits, more before the point.
// Absent: "n/a".
std::string ShortNumber(std::optional<double> number);

}  // namespace gyrus

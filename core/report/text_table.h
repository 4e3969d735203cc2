// Arranges text in columns, for a terminal.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gyrus {

// A table with a head and rows. Thread-compatible.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head) { rows_.push_back(std::move(head)); }

  // `cells` must have as many entries as the head.
  void AddRow(std::vector<std::string> cells);

  // Each line is indented by two spaces and ends with a line feed. The first column is
  // aligned to the left, the others to the right.
  std::string ToString() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// A number for reading: four significant digits, or more before the decimal point. "n/a"
// if it is absent.
std::string ShortNumber(std::optional<double> number);

}  // namespace gyrus

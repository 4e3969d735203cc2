#include "core/report/text_table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace gyrus {

void TextTable::AddRow(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::ToString() const {
  std::vector<size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string text;
  for (const auto& row : rows_) {
    for (size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - row[c].size(), ' ');
      absl::StrAppend(&text, "  ", c == 0 ? row[c] : padding, c == 0 ? padding : row[c]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

std::string ShortNumber(std::optional<double> number) {
  if (!number.has_value()) return "n/a";
  if (std::abs(*number) >= 1000 && std::abs(*number) < 1e12)
    return absl::StrFormat("%.0f", *number);
  return absl::StrFormat("%.4g", *number);
}

}  // namespace gyrus

#include "dataloader/cohort/delimiter.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace gyrus {
namespace {

// In the order in which they are preferred: a comma is also a decimal point and
// part of a sentence, a tab is neither.
constexpr std::array<char, 3> kDelimiters = {'\t', ';', ','};
constexpr size_t kRowsLookedAt = 100;

// How often each of kDelimiters is in a row.
using Counts = std::array<size_t, kDelimiters.size()>;

bool IsDelimiter(char c) {
  return std::find(kDelimiters.begin(), kDelimiters.end(), c) != kDelimiters.end();
}

// Counts the possible delimiters in the first rows that are not empty. A quote opens a
// quoted cell where a cell begins, whichever the delimiter turns out to be.
std::vector<Counts> CountsOfRows(absl::string_view text) {
  std::vector<Counts> rows;
  Counts counts{};
  bool quoted = false, row_is_empty = true;
  char before = '\n';
  for (const char c : text) {
    if (c == '"' && (quoted || before == '\n' || IsDelimiter(before))) {
      quoted = !quoted;
    } else if (c == '\n' && !quoted) {
      if (!row_is_empty) rows.push_back(counts);
      if (rows.size() == kRowsLookedAt) return rows;
      counts = {};
      row_is_empty = true;
      before = c;
      continue;
    } else if (!quoted) {
      for (size_t d = 0; d < kDelimiters.size(); ++d) counts[d] += c == kDelimiters[d];
    }
    row_is_empty = false;
    before = c;
  }
  if (!row_is_empty) rows.push_back(counts);
  return rows;
}

}  // namespace

char DelimiterOf(absl::string_view text) {
  const std::vector<Counts> rows = CountsOfRows(text);
  char best = ',';
  std::pair<size_t, size_t> best_score = {0, 0};
  for (size_t d = 0; d < kDelimiters.size(); ++d) {
    if (rows.empty() || rows[0][d] == 0) continue;
    const size_t like_header = static_cast<size_t>(std::count_if(
        rows.begin(), rows.end(), [&](const Counts& row) { return row[d] == rows[0][d]; }));
    // A true delimiter occurs equally often in every row. A comma in free text or in
    // decimal numbers does not.
    const std::pair<size_t, size_t> score = {like_header, rows[0][d]};
    if (score > best_score) {
      best_score = score;
      best = kDelimiters[d];
    }
  }
  return best;
}

absl::string_view DelimiterInWords(char delimiter) {
  return delimiter == '\t' ? "a tab" : delimiter == ';' ? "';'" : "','";
}

}  // namespace gyrus

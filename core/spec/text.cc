#include "core/spec/text.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace gyrus {
namespace {

// Levenshtein's distance, and 1 for two neighbours in the wrong order.
int EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = static_cast<int>(i);
  std::iota(d[0].begin(), d[0].end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

// Small is near: the edit distance, or 2 where one begins with the other
// ("batch_size" for "batch"). Above 2 is not near.
int Farness(absl::string_view word, absl::string_view known) {
  constexpr int kFar = 3;
  if (word.size() > 40) return kFar;
  const std::string lower = absl::AsciiStrToLower(word);
  const std::string known_lower = absl::AsciiStrToLower(known);
  int far = EditDistance(lower, known_lower);
  if (far >= static_cast<int>(std::max(word.size(), known.size()))) far = kFar;
  const size_t shorter = std::min(word.size(), known.size());
  const bool begins = absl::StartsWith(lower, known_lower) || absl::StartsWith(known_lower, lower);
  return begins && shorter >= 3 ? std::min(far, 2) : far;
}

}  // namespace

bool IsName(absl::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  });
}

std::string InvalidName(absl::string_view text) {
  return absl::StrCat(Quoted(text),
                      " is no name: letters, digits, '-' and '_', at most 64 of them");
}

std::string UnknownWord(absl::string_view what, absl::string_view word,
                        const std::vector<std::string>& known) {
  const std::string unknown = absl::StrCat("unknown ", what, " ", Quoted(word), "; ");
  const auto nearest =
      std::min_element(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
        return Farness(word, a) < Farness(word, b);
      });
  if (nearest != known.end() && Farness(word, *nearest) <= 2) {
    return absl::StrCat(unknown, "did you mean '", *nearest, "'?");
  }
  if (known.empty()) return absl::StrCat(unknown, "there is none");
  return absl::StrCat(unknown, "there are: ", absl::StrJoin(known, ", "));
}

}  // namespace gyrus

#include "core/report/gap_files.h"

#include <charconv>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "core/evaluate/gap_correction.h"
#include "core/report/json_parts.h"

namespace gyrus {
namespace {

void AppendNumber(double number, std::string& text) {
  char digits[32];  // The shortest form of a double has at most 24.
  text.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr);
}

}  // namespace

std::string BiasCorrectionJson(v1::BiasMethod method, const v1::BiasFold& fold,
                               const std::string& unit) {
  const Json json = {{"method", NameOf(method)},      {"slope", fold.slope()},
                     {"intercept", fold.intercept()}, {"n", fold.n()},
                     {"unit", TextOrNull(unit)},      {"sentence", GapMethodSentence(method)}};
  return absl::StrCat(Dump(json), "\n");
}

std::string FormatGaps(absl::Span<const Gap> gaps) {
  std::string text = "item\tage\tprediction\tgap\tcorrected_gap\n";
  for (const Gap& gap : gaps) {
    text += gap.item;
    for (const double number : {gap.age, gap.prediction, gap.gap, gap.corrected}) {
      text += '\t';
      AppendNumber(number, text);
    }
    text += '\n';
  }
  return text;
}

}  // namespace gyrus

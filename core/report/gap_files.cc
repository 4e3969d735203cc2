#include "core/report/gap_files.h"

#include "absl/strings/str_cat.h"
#include "core/evaluate/gap_correction.h"
#include "core/evaluate/predictions.h"
#include "core/report/json_parts.h"

namespace gyrus {

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
      absl::StrAppend(&text, "\t", ExactNumber(number));
    }
    text += '\n';
  }
  return text;
}

}  // namespace gyrus

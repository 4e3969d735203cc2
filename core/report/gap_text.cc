#include "core/report/gap_text.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/report/text_table.h"
#include "core/spec/fold_name.h"

namespace gyrus {
namespace {

std::string Cell(bool there, double number) {
  return ShortNumber(there ? std::optional<double>(number) : std::nullopt);
}

void AddCells(const v1::GapSummary& gaps, std::vector<std::string>& row) {
  row.push_back(Cell(gaps.has_sd(), gaps.sd()));
  row.push_back(Cell(gaps.has_age_correlation(), gaps.age_correlation()));
}

}  // namespace

std::string GapText(const v1::Result& result) {
  TextTable arms({"arm", "n", "gap SD", "r(gap, age)", "corrected gap SD", "r(corrected, age)"});
  TextTable folds({"arm", "fold", "slope", "intercept", "fitted on"});
  std::string sentence, notes;
  for (const v1::ArmResult& arm : result.arms()) {
    if (!arm.has_bias()) continue;
    sentence = arm.bias().method_sentence();
    std::vector<std::string> row = {arm.name(), absl::StrCat(arm.bias().uncorrected().n())};
    AddCells(arm.bias().uncorrected(), row);
    AddCells(arm.bias().corrected(), row);
    arms.AddRow(row);
    if (const std::string& reason = arm.bias().corrected().reason(); !reason.empty()) {
      absl::StrAppend(&notes, arm.name(), ": n/a: ", reason, "\n");
    }
    for (const v1::BiasFold& fold : arm.bias().folds()) {
      folds.AddRow({arm.name(), FoldName(fold.repeat(), fold.fold()),
                    Cell(fold.has_slope(), fold.slope()),
                    Cell(fold.has_intercept(), fold.intercept()), absl::StrCat(fold.n())});
      if (fold.reason().empty()) continue;
      absl::StrAppend(&notes, arm.name(), " ", FoldName(fold.repeat(), fold.fold()),
                      ": n/a: ", fold.reason(), "\n");
    }
  }
  if (sentence.empty()) return "";
  return absl::StrCat("\n", arms.ToString(), folds.ToString(), notes,
                      "Correction of gaps: ", sentence, ".\n");
}

}  // namespace gyrus

#include "core/report/comparison_text.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/report/json_parts.h"
#include "core/report/text_table.h"
#include "core/spec/metric.h"

namespace gyrus {
namespace {

std::string TitleOf(v1::TestKind kind) {
  switch (kind) {
    case v1::TEST_KIND_CORRECTED_T:
      return "resampled t";  // Nadeau and Bengio's, for overlapping folds.
    case v1::TEST_KIND_NAIVE_T:
      return "naive t";
    case v1::TEST_KIND_WILCOXON:
      return "Wilcoxon";
    case v1::TEST_KIND_MCNEMAR:
      return "McNemar";
    case v1::TEST_KIND_DELONG:
      return "DeLong";
    case v1::TEST_KIND_FRIEDMAN:
      return "Friedman test";
    case v1::TEST_KIND_REPEATED_MEASURES_ANOVA:
      return "repeated-measures ANOVA";
    case v1::TEST_KIND_ONE_WAY_ANOVA:
      return "one-way ANOVA";
    default:
      return "?";
  }
}

std::string TitleOf(v1::Correction correction) {
  switch (correction) {
    case v1::CORRECTION_HOLM:
      return "Holm";
    case v1::CORRECTION_BONFERRONI:
      return "Bonferroni";
    case v1::CORRECTION_BH:
      return "Benjamini-Hochberg";
    default:
      return "";
  }
}

// "p (resampled t, Holm)": the test, and how p is corrected over the arms. The naive
// t, which is shown as a warning, is in parentheses whole.
std::string PTitle(v1::TestKind kind, v1::Correction correction) {
  const std::string title = TitleOf(kind);
  const std::string corrected = TitleOf(correction);
  if (kind == v1::TEST_KIND_NAIVE_T) return absl::StrCat("(", title, ")");
  return absl::StrCat("p (", title, corrected.empty() ? "" : ", ", corrected, ")");
}

// The p that counts.
std::string PCell(const v1::TestOutcome& test) {
  if (!test.has_p()) return "n/a";
  return absl::StrFormat("%.3g", test.has_p_corrected() ? test.p_corrected() : test.p());
}

std::string Sentence(const v1::TestOutcome& test) {
  if (test.reason().empty()) return test.sentence();
  return absl::StrCat(TitleOf(test.kind()), ": n/a: ", test.reason());
}

std::string Head(const v1::Comparisons& comparisons) {
  std::string text =
      absl::StrCat("Compared with ", comparisons.with(), ", ",
                   NameOf(comparisons.alternative()) == "two_sided"
                       ? "two-sided"
                       : absl::StrCat("expected ", NameOf(comparisons.alternative())),
                   "; differences are arm - ", comparisons.with());
  if (comparisons.correction() != v1::CORRECTION_NONE) {
    absl::StrAppend(&text, "; p corrected over arms (", NameOf(comparisons.correction()), ")");
  }
  return absl::StrCat(text, ":\n");
}

std::string Table(const v1::Comparisons& comparisons, const std::string& unit) {
  // Arms that are compared have the same kind of output, so all have the columns of the first.
  const v1::Comparison& first = comparisons.comparisons(0);
  const bool of_errors = first.has_error_difference();
  const bool of_folds = first.has_difference();
  std::vector<std::string> head = {"arm"};
  if (of_folds) {
    const std::string title = gyrus::TitleOf(comparisons.metric(), unit);
    head.insert(head.end(), {"folds", absl::StrCat("difference of ", title, " [95%]")});
  }
  if (of_errors) {
    head.insert(head.end(), {"subjects", "of their errors [95% BCa]", "d_z [95%]"});
  }
  for (const v1::TestOutcome& test : first.tests())
    head.push_back(PTitle(test.kind(), comparisons.correction()));
  TextTable table(head);
  for (const v1::Comparison& comparison : comparisons.comparisons()) {
    std::vector<std::string> row = {comparison.arm()};
    if (of_folds) {
      row.push_back(absl::StrCat(comparison.difference().n()));
      row.push_back(EstimateCell(comparison.difference()));
    }
    if (of_errors) {
      row.push_back(absl::StrCat(comparison.error_difference().n()));
      row.push_back(EstimateCell(comparison.error_difference()));
      row.push_back(EstimateCell(comparison.effect_size()));
    }
    for (const v1::TestOutcome& test : comparison.tests()) row.push_back(PCell(test));
    table.AddRow(row);
  }
  return table.ToString();
}

void AppendReason(absl::string_view arm, absl::string_view what, const v1::Estimate& estimate,
                  std::string& text) {
  if (estimate.reason().empty()) return;
  absl::StrAppend(&text, arm, ": ", what, ": n/a: ", estimate.reason(), "\n");
}

}  // namespace

std::string EstimateCell(const v1::Estimate& estimate) {
  if (!estimate.has_value()) return "n/a";
  const std::string value = ShortNumber(estimate.value());
  if (!estimate.has_lower()) return value;
  return absl::StrCat(value, " [", ShortNumber(estimate.lower()), ", ",
                      ShortNumber(estimate.upper()), "]");
}

std::string ComparisonText(const v1::Comparisons& comparisons, const std::string& unit) {
  if (comparisons.comparisons().empty()) return "";
  std::string text = absl::StrCat(Head(comparisons), Table(comparisons, unit));
  for (const v1::Comparison& comparison : comparisons.comparisons()) {
    AppendReason(comparison.arm(), "interval over folds", comparison.difference(), text);
    for (const v1::TestOutcome& test : comparison.tests()) {
      absl::StrAppend(&text, comparison.arm(), ": ", Sentence(test), "\n");
    }
    AppendReason(comparison.arm(), "errors of subjects", comparison.error_difference(), text);
    AppendReason(comparison.arm(), "d_z", comparison.effect_size(), text);
  }
  for (const v1::TestOutcome& test : comparisons.all_arms()) {
    absl::StrAppend(&text, "all arms: ", Sentence(test), "\n");
  }
  const v1::Estimate& errors = comparisons.comparisons(0).error_difference();
  if (!errors.method().empty()) {
    absl::StrAppend(
        &text,
        comparisons.networks() > 0
            ? "A subject's error is the ensemble's mean absolute error over its sessions"
            : "A subject's error is the mean absolute error over its sessions and "
              "repeats",
        "; interval: ", errors.method(), ".\n");
  }
  return text;
}

}  // namespace gyrus

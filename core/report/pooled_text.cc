#include "core/report/pooled_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/evaluate/metrics.h"
#include "core/report/comparison_text.h"
#include "core/report/metric_cell.h"
#include "core/report/text_table.h"
#include "core/spec/metric.h"

namespace gyrus {
namespace {

bool AnyPooled(const v1::Result& result) {
  return std::any_of(result.arms().begin(), result.arms().end(),
                     [](const v1::ArmResult& arm) { return arm.has_pooled(); });
}

std::string PooledTable(const v1::Result& result) {
  const std::vector<v1::Metric> metrics = MetricsAsked(result);
  std::vector<std::string> head = {"arm"};
  for (const v1::Metric metric : metrics) head.push_back(TitleOf(metric, result.unit()));
  head.push_back("n");
  TextTable table(head);
  for (const v1::ArmResult& arm : result.arms()) {
    if (!arm.has_pooled()) continue;
    std::vector<std::string> row = {arm.name()};
    for (const v1::Metric metric : metrics) {
      row.push_back(ShortNumber(ValueOf(arm.pooled().metrics(), metric)));
    }
    row.push_back(absl::StrCat(arm.pooled().n()));
    table.AddRow(row);
  }
  return table.ToString();
}

// A small MAE is good, a large accuracy is.
std::string Verdict(const v1::BaselineComparison& comparison) {
  const v1::Estimate& difference = comparison.difference();
  if (!difference.has_lower()) return "";
  const bool less = BetterOf(comparison.metric()) == Better::kLess;
  const bool below = difference.upper() < 0;
  const bool above = difference.lower() > 0;
  if (less ? below : above) return ": better than the baseline";
  if (less ? above : below) return ": worse than the baseline";
  return ": not shown to be better than the baseline";
}

std::string BaselineLine(const v1::ArmResult& arm, const std::string& unit) {
  const v1::BaselineComparison& comparison = arm.baseline_comparison();
  const v1::Estimate& difference = comparison.difference();
  std::string line =
      absl::StrCat(arm.name(), ": ", TitleOf(comparison.metric(), unit), " - that of predicting ",
                   comparison.metric() == v1::METRIC_ACCURACY ? "the most frequent training class"
                                                              : "the mean of the training targets",
                   " = ", EstimateCell(difference), Verdict(comparison));
  if (difference.reason().empty()) {
    absl::StrAppend(&line, " (", difference.method(), ", n = ", difference.n(), ")");
  } else {
    absl::StrAppend(&line, " (", difference.has_value() ? "no interval: " : "", difference.reason(),
                    ")");
  }
  return line + "\n";
}

}  // namespace

std::string PooledText(const v1::Result& result) {
  if (!AnyPooled(result)) return "";
  std::string text =
      absl::StrCat("\nPooled over the test items of all folds:\n", PooledTable(result),
                   "Tests and intervals are computed from ",
                   result.pool() == v1::POOL_ITEMS ? "pooled items (evaluate.pool: items)"
                                                   : "folds (evaluate.pool: folds)",
                   ".\n");
  for (const v1::ArmResult& arm : result.arms()) {
    if (arm.has_baseline_comparison()) absl::StrAppend(&text, BaselineLine(arm, result.unit()));
  }
  return text;
}

}  // namespace gyrus

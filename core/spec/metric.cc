#include "core/spec/metric.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace gyrus {
namespace {

struct MetricRow {
  v1::Metric metric = v1::METRIC_UNSPECIFIED;
  const char* title = "?";
  OutputKind output = OutputKind::kNumber;
  Better better = Better::kNeither;
  bool in_target_unit = false;
  bool by_default = false;
};

constexpr OutputKind kNumber = OutputKind::kNumber;
constexpr OutputKind kClass = OutputKind::kClass;
constexpr Better kLess = Better::kLess;
constexpr Better kGreater = Better::kGreater;

constexpr std::array<MetricRow, 25> kRows = {
    MetricRow{v1::METRIC_MAE, "MAE", kNumber, kLess, true, true},
    MetricRow{v1::METRIC_RMSE, "RMSE", kNumber, kLess, true, true},
    MetricRow{v1::METRIC_R2, "R2", kNumber, kGreater, false, true},
    MetricRow{v1::METRIC_PEARSON, "r", kNumber, kGreater, false, true},
    MetricRow{v1::METRIC_SPEARMAN, "rho", kNumber, kGreater},
    MetricRow{v1::METRIC_MEDIAN_AE, "median AE", kNumber, kLess, true},
    MetricRow{v1::METRIC_SD_AE, "SD of AE", kNumber, kLess, true},
    MetricRow{v1::METRIC_BIAS, "bias", kNumber, Better::kNeither, true},
    MetricRow{v1::METRIC_GAP_AGE_CORRELATION, "r(gap, age)", kNumber},
    MetricRow{v1::METRIC_ACCURACY, "accuracy", kClass, kGreater, false, true},
    MetricRow{v1::METRIC_BALANCED_ACCURACY, "balanced accuracy", kClass, kGreater, false, true},
    MetricRow{v1::METRIC_SENSITIVITY, "sensitivity", kClass, kGreater, false, true},
    MetricRow{v1::METRIC_SPECIFICITY, "specificity", kClass, kGreater, false, true},
    MetricRow{v1::METRIC_PPV, "PPV", kClass, kGreater},
    MetricRow{v1::METRIC_NPV, "NPV", kClass, kGreater},
    MetricRow{v1::METRIC_F1, "F1", kClass, kGreater},
    MetricRow{v1::METRIC_MCC, "MCC", kClass, kGreater},
    MetricRow{v1::METRIC_KAPPA, "kappa", kClass, kGreater},
    MetricRow{v1::METRIC_AUC, "AUC", kClass, kGreater, false, true},
    MetricRow{v1::METRIC_AVERAGE_PRECISION, "average precision", kClass, kGreater},
    MetricRow{v1::METRIC_BRIER, "Brier", kClass, kLess},
    MetricRow{v1::METRIC_LOG_LOSS, "log loss", kClass, kLess},
    MetricRow{v1::METRIC_ECE, "ECE", kClass, kLess},
    MetricRow{v1::METRIC_DICE, "Dice", OutputKind::kSegmentation, kGreater, false, true},
    MetricRow{v1::METRIC_RECONSTRUCTION_ERROR, "reconstruction error", OutputKind::kReconstruction,
              kLess, false, true},
};

const MetricRow& RowOf(v1::Metric metric) {
  static constexpr MetricRow kUnknown;
  const auto* const found = std::find_if(
      kRows.begin(), kRows.end(), [metric](const MetricRow& row) { return row.metric == metric; });
  return found == kRows.end() ? kUnknown : *found;
}

}  // namespace

absl::Span<const v1::Metric> AllMetrics() {
  static const auto* const all = [] {
    auto* metrics = new std::vector<v1::Metric>;
    for (const MetricRow& row : kRows) metrics->push_back(row.metric);
    return metrics;
  }();
  return *all;
}

std::string NameOf(v1::Metric metric) {
  return absl::AsciiStrToLower(absl::StripPrefix(v1::Metric_Name(metric), "METRIC_"));
}

std::string TitleOf(v1::Metric metric, const std::string& unit) {
  const MetricRow& row = RowOf(metric);
  if (!row.in_target_unit || unit.empty()) return row.title;
  return absl::StrCat(row.title, " [", unit, "]");
}

OutputKind OutputKindOf(v1::Metric metric) { return RowOf(metric).output; }

Better BetterOf(v1::Metric metric) { return RowOf(metric).better; }

std::vector<v1::Metric> MetricsOf(const v1::Evaluate& evaluate) {
  std::vector<v1::Metric> metrics;
  for (const int metric : evaluate.metrics()) metrics.push_back(static_cast<v1::Metric>(metric));
  return metrics;
}

std::vector<v1::Metric> DefaultMetrics(const v1::Task& task) {
  std::vector<v1::Metric> metrics;
  for (const MetricRow& row : kRows) {
    if (row.by_default && HasOutput(task, row.output)) metrics.push_back(row.metric);
  }
  return metrics;
}

}  // namespace gyrus

#include "core/report/metric_cell.h"

#include "absl/strings/str_cat.h"
#include "core/evaluate/metrics.h"
#include "core/report/text_table.h"

namespace gyrus {

std::vector<v1::Metric> MetricsAsked(const v1::Result& result) {
  std::vector<v1::Metric> metrics;
  for (const int metric : result.metrics()) metrics.push_back(static_cast<v1::Metric>(metric));
  return metrics;
}

std::string MeanCell(const v1::Metrics& mean, const v1::Metrics* sd, v1::Metric metric) {
  std::string cell = ShortNumber(ValueOf(mean, metric));
  if (sd != nullptr) absl::StrAppend(&cell, " +- ", ShortNumber(ValueOf(*sd, metric)));
  const v1::MetricValue* const value = FindMetric(mean, metric);
  if (value != nullptr && value->folds() > 0 && value->undefined() > 0) {
    absl::StrAppend(&cell, " (", value->folds(), " of ", value->folds() + value->undefined(), ")");
  }
  return cell;
}

}  // namespace gyrus

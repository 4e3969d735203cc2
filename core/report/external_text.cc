#include "core/report/external_text.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/evaluate/metrics.h"
#include "core/report/comparison_text.h"
#include "core/report/metric_cell.h"
#include "core/report/text_table.h"
#include "core/spec/metric.h"

namespace gyrus {
namespace {

// Lists the metrics that are n/a for an arm's networks and their ensemble, by reason,
// and the number of items without a target.
std::string Notes(const v1::ArmResult& arm) {
  std::map<std::string, std::vector<std::string>> undefined;
  for (const v1::MetricValue& value : arm.external().mean().values()) {
    if (value.undefined() == 0) continue;
    undefined[absl::StrCat("of networks of ", arm.name(), ": ", value.reason())].push_back(
        absl::StrCat(TitleOf(value.metric(), ""), " (", value.undefined(), ")"));
  }
  for (const v1::MetricValue& value : arm.external().ensemble().values()) {
    if (value.has_value()) continue;
    undefined[absl::StrCat("of the ensemble of ", arm.name(), ": ", value.reason())].push_back(
        TitleOf(value.metric(), ""));
  }
  std::string text;
  for (const auto& [whose, metrics] : undefined) {
    absl::StrAppend(&text, "n/a: ", absl::StrJoin(metrics, ", "), " ", whose, "\n");
  }
  if (arm.external().without_target() > 0) {
    absl::StrAppend(&text, arm.name(), ": ", arm.external().without_target(),
                    " of the items have no target and are in no metric of a number or class.\n");
  }
  return text;
}

std::string Comparison(const v1::Result& result) {
  if (!result.has_external_comparisons()) return "";
  const v1::Comparisons& comparisons = result.external_comparisons();
  if (!comparisons.reason().empty()) {
    return absl::StrCat("Ensembles are not compared: ", comparisons.reason(), ".\n");
  }
  return absl::StrCat("Ensembles of ", comparisons.networks(),
                      " networks each, of the folds that all arms have. ",
                      ComparisonText(comparisons, result.unit()));
}

}  // namespace

std::string ExternalText(const v1::Result& result) {
  const std::vector<v1::Metric> metrics = MetricsAsked(result);
  std::vector<std::string> head = {"arm", "n", "networks"};
  for (const v1::Metric metric : metrics) {
    head.push_back(absl::StrCat(TitleOf(metric, result.unit()), " +- SD"));
    head.push_back("of ensemble");
  }
  TextTable table(head);
  std::string notes;
  bool any = false;
  for (const v1::ArmResult& arm : result.arms()) {
    if (!arm.has_external()) continue;
    any = true;
    const v1::ExternalResult& external = arm.external();
    std::vector<std::string> row = {arm.name(), absl::StrCat(external.n()),
                                    absl::StrCat(external.networks())};
    for (const v1::Metric metric : metrics) {
      row.push_back(MeanCell(external.mean(), &external.sd(), metric));
      row.push_back(ShortNumber(ValueOf(external.ensemble(), metric)));
    }
    table.AddRow(row);
    absl::StrAppend(&notes, Notes(arm));
  }
  if (!any) return "";
  return absl::StrCat(
      "\nExternal cohorts, which no fold has seen, all together:\n", table.ToString(),
      "Mean and SD over the networks of the folds, each for the same items; the ensemble is "
      "the mean of their outputs.\n",
      notes, Comparison(result));
}

}  // namespace gyrus

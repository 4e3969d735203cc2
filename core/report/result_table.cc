#include "core/report/result_table.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "core/evaluate/metrics.h"
#include "core/report/state_name.h"
#include "core/report/text_table.h"

namespace gyrus {
namespace {

std::string FoldName(const v1::FoldResult& fold) {
  return absl::StrCat("r", fold.repeat(), "/f", fold.fold());
}

std::string MetricName(v1::Metric metric, const std::string& unit) {
  const std::string of_unit = unit.empty() ? "" : absl::StrCat(" [", unit, "]");
  switch (metric) {
    case v1::METRIC_MAE:
      return absl::StrCat("MAE", of_unit);
    case v1::METRIC_RMSE:
      return absl::StrCat("RMSE", of_unit);
    case v1::METRIC_R2:
      return "R2";
    case v1::METRIC_PEARSON:
      return "r";
    default:
      return "?";
  }
}

std::vector<v1::Metric> MetricsAsked(const v1::Result& result) {
  std::vector<v1::Metric> metrics;
  for (const int metric : result.metrics()) metrics.push_back(static_cast<v1::Metric>(metric));
  return metrics;
}

// A mean says over how many folds it is where those are not all that are done.
std::string MeanCell(const v1::ArmResult& arm, v1::Metric metric, bool with_sd) {
  std::string cell = ShortNumber(ValueOf(arm.mean(), metric));
  if (with_sd) absl::StrAppend(&cell, " +- ", ShortNumber(ValueOf(arm.sd(), metric)));
  uint32_t defined = 0;
  for (const v1::FoldResult& fold : arm.folds()) {
    if (ValueOf(fold.metrics(), metric).has_value()) ++defined;
  }
  if (defined > 0 && defined < arm.folds_done()) {
    absl::StrAppend(&cell, " (", defined, " of ", arm.folds_done(), ")");
  }
  return cell;
}

std::string ArmTable(const v1::Result& result) {
  const std::vector<v1::Metric> metrics = MetricsAsked(result);
  std::vector<std::string> head = {"arm"};
  for (const v1::Metric metric : metrics) {
    const bool first = metric == metrics.front();
    head.push_back(absl::StrCat(MetricName(metric, result.unit()), first ? " +- SD" : ""));
  }
  head.push_back("baseline MAE");
  head.push_back("folds");
  TextTable table(head);
  for (const v1::ArmResult& arm : result.arms()) {
    std::vector<std::string> row = {arm.name()};
    for (const v1::Metric metric : metrics) {
      row.push_back(MeanCell(arm, metric, metric == metrics.front()));
    }
    row.push_back(ShortNumber(ValueOf(arm.baseline_mean(), v1::METRIC_MAE)));
    row.push_back(absl::StrCat(arm.folds_done(), "/", arm.folds_size()));
    table.AddRow(row);
  }
  return table.ToString();
}

std::string FoldTable(const v1::Result& result) {
  const std::vector<v1::Metric> metrics = MetricsAsked(result);
  std::vector<std::string> head = {"arm", "fold", "n"};
  for (const v1::Metric metric : metrics) head.push_back(MetricName(metric, result.unit()));
  head.push_back("baseline MAE");
  head.push_back("state");
  TextTable table(head);
  for (const v1::ArmResult& arm : result.arms()) {
    for (const v1::FoldResult& fold : arm.folds()) {
      const bool done = fold.state() == v1::TRIAL_STATE_DONE;
      std::vector<std::string> row = {arm.name(), FoldName(fold), absl::StrCat(fold.n())};
      for (const v1::Metric metric : metrics) {
        row.push_back(done ? ShortNumber(ValueOf(fold.metrics(), metric)) : "-");
      }
      row.push_back(ShortNumber(ValueOf(fold.baseline(), v1::METRIC_MAE)));
      row.push_back(NameOf(fold.state()));
      table.AddRow(row);
    }
  }
  return table.ToString();
}

// Why each fold without a result has none.
std::string Holes(const v1::Result& result) {
  std::string text;
  for (const v1::ArmResult& arm : result.arms()) {
    for (const v1::FoldResult& fold : arm.folds()) {
      if (fold.state() == v1::TRIAL_STATE_DONE) continue;
      absl::StrAppend(&text, "missing: ", arm.name(), " ", FoldName(fold), ": ",
                      NameOf(fold.state()));
      if (fold.has_reason()) {
        absl::StrAppend(&text, ": ", NameOf(fold.reason().code()), ": ", fold.reason().message());
      }
      text += '\n';
    }
  }
  return text;
}

struct Completeness {
  int done = 0;
  int all = 0;
};

Completeness CompletenessOf(const v1::Result& result) {
  Completeness completeness;
  for (const v1::ArmResult& arm : result.arms()) {
    completeness.done += arm.folds_done();
    completeness.all += arm.folds_size();
  }
  return completeness;
}

}  // namespace

std::string ResultTable(const v1::Result& result) {
  const auto [done, all] = CompletenessOf(result);
  std::string text =
      absl::StrCat(result.experiment(), " (", result.id(), "): ", NameOf(result.state()), ", ",
                   done, " of ", all, " trials done\n");
  for (const v1::Reason& reason : result.reasons()) {
    absl::StrAppend(&text, NameOf(reason.code()), ": ", reason.message(), "\n");
  }
  if (result.arms_size() > 0) {
    absl::StrAppend(&text, "\n", ArmTable(result), "Mean over folds; SD with ddof ",
                    result.sd_ddof(), "; baseline: the mean of the training targets.\n");
    if (done < all) {
      absl::StrAppend(&text, "Not complete: the means leave out ", all - done, " of ", all,
                      " trials.\n", Holes(result));
    }
    absl::StrAppend(&text, "\n", FoldTable(result), "Split ", Hex(result.split_hash()), "\n");
  }
  for (const std::string& warning : result.warnings()) {
    absl::StrAppend(&text, "warning: ", warning, "\n");
  }
  return text;
}

}  // namespace gyrus

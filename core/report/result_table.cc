#include "core/report/result_table.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/digest.h"
#include "core/evaluate/metrics.h"
#include "core/report/comparison_text.h"
#include "core/report/external_text.h"
#include "core/report/gap_text.h"
#include "core/report/group_text.h"
#include "core/report/metric_cell.h"
#include "core/report/pooled_text.h"
#include "core/report/samples_text.h"
#include "core/report/state_name.h"
#include "core/report/text_table.h"
#include "core/spec/fold_name.h"
#include "core/spec/metric.h"

namespace gyrus {
namespace {

constexpr size_t kMaxNamed = 4;

std::string BaselineTitle(v1::Metric metric) {
  return absl::StrCat("baseline ", TitleOf(metric, ""));
}

// Those that any arm has a baseline of.
std::vector<v1::Metric> BaselinesOf(const v1::Result& result) {
  std::vector<v1::Metric> metrics;
  for (const v1::ArmResult& arm : result.arms()) {
    for (const v1::FoldResult& fold : arm.folds()) {
      for (const v1::MetricValue& value : fold.baseline().values()) {
        if (std::count(metrics.begin(), metrics.end(), value.metric()) == 0) {
          metrics.push_back(value.metric());
        }
      }
    }
  }
  return metrics;
}

std::string ArmTable(const v1::Result& result) {
  const std::vector<v1::Metric> metrics = MetricsAsked(result);
  std::vector<std::string> head = {"arm"};
  for (const v1::Metric metric : metrics) {
    const bool first = metric == metrics.front();
    head.push_back(absl::StrCat(TitleOf(metric, result.unit()), first ? " +- SD" : ""));
  }
  const std::vector<v1::Metric> baselines = BaselinesOf(result);
  for (const v1::Metric metric : baselines) head.push_back(BaselineTitle(metric));
  head.push_back("folds");
  TextTable table(head);
  for (const v1::ArmResult& arm : result.arms()) {
    std::vector<std::string> row = {arm.name()};
    for (const v1::Metric metric : metrics) {
      const bool first = metric == metrics.front();
      row.push_back(MeanCell(arm.mean(), first ? &arm.sd() : nullptr, metric));
    }
    for (const v1::Metric metric : baselines) {
      row.push_back(ShortNumber(ValueOf(arm.baseline_mean(), metric)));
    }
    row.push_back(absl::StrCat(arm.folds_done(), "/", arm.folds_size()));
    table.AddRow(row);
  }
  return table.ToString();
}

std::string FoldTable(const v1::Result& result) {
  const std::vector<v1::Metric> metrics = MetricsAsked(result);
  std::vector<std::string> head = {"arm", "fold", "n"};
  for (const v1::Metric metric : metrics) head.push_back(TitleOf(metric, result.unit()));
  const std::vector<v1::Metric> baselines = BaselinesOf(result);
  for (const v1::Metric metric : baselines) head.push_back(BaselineTitle(metric));
  const bool names_groups = !result.tested_group().empty();
  if (names_groups) head.push_back(absl::StrCat("tests ", result.tested_group()));
  head.push_back("state");
  TextTable table(head);
  for (const v1::ArmResult& arm : result.arms()) {
    for (const v1::FoldResult& fold : arm.folds()) {
      const bool done = fold.state() == v1::TRIAL_STATE_DONE;
      std::vector<std::string> row = {arm.name(), FoldName(fold.repeat(), fold.fold()),
                                      absl::StrCat(fold.n())};
      for (const v1::Metric metric : metrics) {
        row.push_back(done ? ShortNumber(ValueOf(fold.metrics(), metric)) : "-");
      }
      for (const v1::Metric metric : baselines) {
        row.push_back(ShortNumber(ValueOf(fold.baseline(), metric)));
      }
      if (names_groups) {
        row.push_back(GroupsCell({fold.tested_groups().begin(), fold.tested_groups().end()}));
      }
      row.push_back(NameOf(fold.state()));
      table.AddRow(row);
    }
  }
  return table.ToString();
}

// Lists the metrics that are n/a in finished folds, with their reasons, and the number
// of test items without a target.
std::string UndefinedLines(const v1::Result& result) {
  std::map<std::pair<v1::Metric, std::string>, std::vector<std::string>> folds;
  uint32_t without_target = 0, arms_without = 0;
  for (const v1::ArmResult& arm : result.arms()) {
    uint32_t without = 0;
    for (const v1::FoldResult& fold : arm.folds()) {
      without += fold.without_target();
      for (const v1::MetricValue& value : fold.metrics().values()) {
        if (value.has_value()) continue;
        folds[{value.metric(), value.reason()}].push_back(
            absl::StrCat(arm.name(), " ", FoldName(fold.repeat(), fold.fold())));
      }
    }
    without_target += without;
    arms_without += without > 0;
  }
  std::string text;
  for (const auto& [what, where] : folds) {
    absl::StrAppend(&text, "n/a: ", TitleOf(what.first, ""), " in ",
                    where.size() > kMaxNamed ? absl::StrCat(where.size(), " folds")
                                             : absl::StrJoin(where, ", "),
                    ": ", what.second, "\n");
  }
  if (without_target > 0) {
    absl::StrAppend(&text, without_target, " test items of ", arms_without,
                    arms_without == 1 ? " arm" : " arms",
                    " have no target and are in no metric of a number or class.\n");
  }
  return text;
}

// Why each fold without a result has none.
std::string Holes(const v1::Result& result) {
  std::string text;
  for (const v1::ArmResult& arm : result.arms()) {
    for (const v1::FoldResult& fold : arm.folds()) {
      if (fold.state() == v1::TRIAL_STATE_DONE) continue;
      absl::StrAppend(&text, "missing: ", arm.name(), " ", FoldName(fold.repeat(), fold.fold()),
                      ": ", NameOf(fold.state()));
      if (fold.has_reason()) {
        absl::StrAppend(&text, ": ", NameOf(fold.reason().code()), ": ", fold.reason().message());
      }
      if (!fold.checkpoint().empty()) {
        absl::StrAppend(&text, "; its last finite weights: ", fold.checkpoint());
      }
      text += '\n';
    }
  }
  return text;
}

std::string BaselineNote(const v1::Result& result) {
  std::string note;
  for (const v1::Metric metric : BaselinesOf(result)) {
    absl::StrAppend(&note, note.empty() ? "; baseline: " : " or ",
                    metric == v1::METRIC_ACCURACY ? "the most frequent training class"
                                                  : "the mean of the training targets");
  }
  return note;
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
                    result.sd_ddof(), BaselineNote(result), ".\n");
    if (done < all) {
      absl::StrAppend(&text, "Not complete: the means leave out ", all - done, " of ", all,
                      " trials.\n", Holes(result));
    }
    absl::StrAppend(&text, PooledText(result), "\n", FoldTable(result), UndefinedLines(result),
                    "Split ", Hex(result.split_hash()), "\n");
    absl::StrAppend(&text, CumulativeScoreText(result), GroupText(result), GapText(result));
    if (result.has_comparisons()) {
      absl::StrAppend(&text, "\n", ComparisonText(result.comparisons(), result.unit()));
    }
    absl::StrAppend(&text, ExternalText(result));
  }
  for (const std::string& warning : result.warnings()) {
    absl::StrAppend(&text, "warning: ", warning, "\n");
  }
  return text;
}

}  // namespace gyrus

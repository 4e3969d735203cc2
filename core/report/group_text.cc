#include "core/report/group_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/report/comparison_text.h"
#include "core/report/text_table.h"
#include "core/spec/metric.h"

namespace gyrus {
namespace {

using Tables = std::vector<const v1::GroupTable*>;

// In the order of the columns; each has one table an arm.
std::vector<Tables> ByColumn(const v1::Result& result) {
  std::vector<Tables> columns;
  for (const v1::GroupTable& table : result.group_tables()) {
    const auto found = std::find_if(columns.begin(), columns.end(), [&table](const Tables& tables) {
      return tables.front()->by() == table.by();
    });
    if (found == columns.end()) {
      columns.push_back({&table});
    } else {
      found->push_back(&table);
    }
  }
  return columns;
}

// `group` is negative for the row of all subjects.
std::vector<std::string> Row(const std::string& name, const Tables& tables, int group) {
  std::vector<std::string> row = {name};
  for (const v1::GroupTable* const table : tables) {
    const v1::GroupRow& of_arm = group < 0 ? table->all() : table->groups(group);
    row.push_back(absl::StrCat(of_arm.n()));
    row.push_back(EstimateCell(of_arm.mae()));
  }
  return row;
}

std::string Text(const Tables& tables, const std::string& unit) {
  const v1::GroupTable& first = *tables.front();
  std::vector<std::string> head = {first.by()};
  for (const v1::GroupTable* const table : tables) {
    head.push_back("n");
    head.push_back(absl::StrCat(table->arm(), " ", TitleOf(v1::METRIC_MAE, unit), " [95%]"));
  }
  TextTable text(head);
  for (int group = 0; group < first.groups_size(); ++group) {
    text.AddRow(Row(first.groups(group).name(), tables, group));
  }
  text.AddRow(Row("all subjects", tables, -1));
  std::string note =
      "n counts subjects, each by its mean over sessions and repeats; intervals are of t.";
  if (first.outside() > 0) {
    absl::StrAppend(&note, " Items in no group: ", first.outside(), ".");
  }
  if (first.without_target() > 0) {
    absl::StrAppend(&note, " Items without a target: ", first.without_target(), ".");
  }
  return absl::StrCat(text.ToString(), note, "\n");
}

}  // namespace

std::string GroupText(const v1::Result& result) {
  std::string text;
  for (const Tables& tables : ByColumn(result)) {
    absl::StrAppend(&text, "\n", Text(tables, result.unit()));
  }
  return text;
}

std::string CumulativeScoreText(const v1::Result& result) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> head = {"arm"};
  for (const v1::ArmResult& arm : result.arms()) {
    if (arm.cumulative_scores().empty()) continue;
    std::vector<std::string>& row = rows.emplace_back();
    row.push_back(arm.name());
    for (const v1::CumulativeScore& score : arm.cumulative_scores()) {
      if (rows.size() == 1) head.push_back(absl::StrCat("CS(", ShortNumber(score.alpha()), ") %"));
      row.push_back(
          ShortNumber(score.has_percent() ? std::optional<double>(score.percent()) : std::nullopt));
    }
  }
  if (rows.empty()) return "";
  TextTable table(head);
  for (std::vector<std::string>& row : rows) table.AddRow(std::move(row));
  return absl::StrCat("\n", table.ToString(),
                      "CS(alpha): percent of test items with an error of at most alpha.\n");
}

}  // namespace gyrus

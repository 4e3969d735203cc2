#include "core/report/samples_text.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/missing.h"

namespace gyrus {

std::map<std::string, int> MissingValues(const v1::Plan& plan) {
  std::map<std::string, int> present;
  for (const v1::Sample& sample : plan.samples()) {
    present["site"] += !sample.site().empty();
    present["family"] += !sample.family_key().empty();
    for (const auto& [column, number] : sample.numbers()) ++present[column];
    for (const auto& [column, text] : sample.texts()) present[column] += !IsMissing(text);
  }
  std::map<std::string, int> missing;
  for (const auto& [column, count] : present) {
    if (count > 0 && count < plan.samples_size()) missing[column] = plan.samples_size() - count;
  }
  return missing;
}

std::string MissingValuesLine(const v1::Plan& plan) {
  std::vector<std::string> columns;
  for (const auto& [column, count] : MissingValues(plan)) {
    columns.push_back(absl::StrCat(column, " ", count, " of ", plan.samples_size()));
  }
  return columns.empty() ? "" : absl::StrCat("missing: ", absl::StrJoin(columns, ", "), "\n");
}

std::vector<std::string> TestedGroups(const v1::Plan& plan, const v1::Fold& fold) {
  const std::string& column = plan.spec().split().kfold().group();
  if (column == "subject" || column == "family") return {};
  std::set<std::string> groups;
  for (const uint32_t index : fold.test()) {
    const v1::Sample& sample = plan.samples(static_cast<int>(index));
    const auto text = sample.texts().find(column);
    const std::string value = column == "site"               ? sample.site()
                              : text == sample.texts().end() ? ""
                                                             : text->second;
    if (!IsMissing(value)) groups.insert(value);
  }
  return {groups.begin(), groups.end()};
}

std::string GroupsCell(std::vector<std::string> groups) {
  constexpr size_t kNamed = 4;
  const size_t more = groups.size() > kNamed ? groups.size() - kNamed : 0;
  groups.resize(groups.size() - more);
  return absl::StrCat(absl::StrJoin(groups, ", "),
                      more > 0 ? absl::StrCat(" and ", more, " more") : "");
}

}  // namespace gyrus

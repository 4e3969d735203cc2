#include "core/evaluate/group_tables.h"

#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/missing.h"
#include "common/status.h"
#include "core/evaluate/subject_errors.h"
#include "core/evaluate/test_outcome.h"
#include "core/statistics/checks.h"
#include "core/statistics/groups.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

constexpr char kSite[] = "site";
constexpr char kInterval[] = "95% of t over subjects";

struct Members {
  std::string name;
  SubjectMeans subjects;
};

// The group of a sample, as an index into the table's.
using GroupOf = std::function<std::optional<size_t>(const v1::Sample& sample)>;

// Each subject counts once, by the mean of its errors, so that subjects with many sessions
// do not dominate.
absl::StatusOr<v1::GroupRow> RowOf(const std::string& name, const SubjectMeans& subjects) {
  v1::GroupRow row;
  row.set_name(name);
  row.set_n(static_cast<uint32_t>(subjects.size()));
  const std::vector<double> errors = ValuesOf(subjects);
  const Defined<double> mae = errors.empty() ? Undefined("no subject is in it") : Mean(errors);
  const Defined<Interval> interval =
      errors.size() == 1 ? Undefined("one subject has no interval") : MeanInterval(errors);
  GYRUS_ASSIGN_OR_RETURN(*row.mutable_mae(), EstimateOf(mae, mae.ok() ? interval : mae.status(),
                                                        kInterval, errors.size()));
  return row;
}

// The row of all subjects is computed from the subjects and not from the groups, because a
// subject may be in several age groups.
absl::StatusOr<v1::GroupTable> MakeTable(const TestedArm& arm, const SamplesById& samples,
                                         std::vector<Members> groups, const GroupOf& group_of) {
  std::set<std::string> outside, without_target;
  SubjectMeans all;
  for (const TestedFold& fold : arm.folds) {
    for (const v1::Prediction& p : fold.predictions) {
      GYRUS_ASSIGN_OR_RETURN(const v1::Sample* const sample, SampleOf(p.item(), samples));
      const std::optional<size_t> group = group_of(*sample);
      if (!p.has_target()) without_target.insert(p.item());
      if (p.has_target() && !group.has_value()) outside.insert(p.item());
      if (!p.has_target() || !group.has_value()) continue;
      const double error = std::abs(p.prediction() - p.target());
      groups[*group].subjects[sample->subject_key()].Add(error);
      all[sample->subject_key()].Add(error);
    }
  }
  v1::GroupTable table;
  table.set_arm(arm.name);
  for (const Members& group : groups) {
    GYRUS_ASSIGN_OR_RETURN(*table.add_groups(), RowOf(group.name, group.subjects));
  }
  GYRUS_ASSIGN_OR_RETURN(*table.mutable_all(), RowOf("all", all));
  table.set_outside(static_cast<uint32_t>(outside.size()));
  table.set_without_target(static_cast<uint32_t>(without_target.size()));
  return table;
}

const std::string& TextOf(const v1::Sample& sample, const std::string& column) {
  static const auto* const none = new std::string;
  if (column == kSite) return sample.site();
  const auto found = sample.texts().find(column);
  return found == sample.texts().end() ? *none : found->second;
}

}  // namespace

absl::StatusOr<v1::GroupTable> ErrorsByNumber(const TestedArm& arm, const v1::NumberGroups& groups,
                                              const SamplesById& samples) {
  GYRUS_ASSIGN_OR_RETURN(const Bins bins,
                         Bins::Between({groups.edges().begin(), groups.edges().end()}));
  std::vector<Members> members;
  for (size_t bin = 0; bin < bins.size(); ++bin) members.push_back({bins.Name(bin), {}});
  const auto group_of = [&](const v1::Sample& sample) -> std::optional<size_t> {
    const auto number = sample.numbers().find(groups.by());
    return number == sample.numbers().end() ? std::nullopt : bins.Of(number->second);
  };
  GYRUS_ASSIGN_OR_RETURN(v1::GroupTable table, MakeTable(arm, samples, members, group_of));
  table.set_by(groups.by());
  return table;
}

// Groups come in alphabetical order and not in that of the samples.
absl::StatusOr<v1::GroupTable> ErrorsByText(const TestedArm& arm, const std::string& column,
                                            const SamplesById& samples) {
  std::map<std::string, size_t> place;
  for (const auto& [id, sample] : samples) {
    const std::string& text = TextOf(*sample, column);
    if (!IsMissing(text)) place[text] = 0;
  }
  std::vector<Members> members;
  for (auto& [text, index] : place) {
    index = members.size();
    members.push_back({text, {}});
  }
  const auto group_of = [&](const v1::Sample& sample) -> std::optional<size_t> {
    const auto found = place.find(TextOf(sample, column));
    return found == place.end() ? std::nullopt : std::optional<size_t>(found->second);
  };
  GYRUS_ASSIGN_OR_RETURN(v1::GroupTable table, MakeTable(arm, samples, members, group_of));
  table.set_by(column);
  return table;
}

}  // namespace gyrus

#include "core/statistics/groups.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/errors.h"

namespace gyrus {
namespace {

using Values = absl::Span<const double>;

struct Members {
  std::vector<double> targets;
  std::vector<double> predictions;
};

GroupError ErrorOf(std::string name, const Members& members) {
  GroupError group{.name = std::move(name), .n = members.targets.size()};
  if (group.n == 0) {
    group.mean_absolute_error = group.mean_error =
        Undefined(absl::StrCat("no item in ", group.name));
    return group;
  }
  group.mean_absolute_error = MeanAbsoluteError(members.targets, members.predictions);
  group.mean_error = MeanError(members.targets, members.predictions);
  return group;
}

}  // namespace

absl::StatusOr<Bins> Bins::Between(std::vector<double> edges) {
  GYRUS_RETURN_IF_ERROR(CheckFinite(edges));
  const bool rise =
      std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>()) == edges.end();
  if (edges.size() < 2 || !rise) {
    return absl::InvalidArgumentError("bins need two edges or more, each above the one before");
  }
  return Bins(std::move(edges));
}

Bins Bins::Base() { return Bins({18, 25, 35, 45, 55, 65, 75, 85, 100}); }

std::optional<size_t> Bins::Of(double value) const {
  if (!(value >= edges_.front() && value <= edges_.back())) return std::nullopt;
  const auto above = std::upper_bound(edges_.begin(), edges_.end(), value);
  return std::min<size_t>(above - edges_.begin() - 1, size() - 1);
}

std::string Bins::Name(size_t bin) const {
  return absl::StrCat("[", edges_[bin], ", ", edges_[bin + 1], bin + 1 == size() ? "]" : ")");
}

Defined<double> GroupErrors::WorstMeanAbsoluteError() const {
  Defined<double> worst = Undefined("no group has an item");
  for (const GroupError& group : groups) {
    if (!group.mean_absolute_error.ok()) continue;
    if (!worst.ok() || *group.mean_absolute_error > *worst) worst = group.mean_absolute_error;
  }
  return worst;
}

absl::StatusOr<Summary> GroupErrors::MeanOverGroups(uint32_t ddof) const {
  std::vector<Defined<double>> values;
  for (const GroupError& group : groups) values.push_back(group.mean_absolute_error);
  return SummaryOf(values, ddof);
}

absl::StatusOr<GroupErrors> ErrorsByBin(const Bins& bins, Values keys, Values targets,
                                        Values predictions) {
  GYRUS_RETURN_IF_ERROR(CheckPairs(targets, predictions));
  GYRUS_RETURN_IF_ERROR(CheckPairs(targets, keys));
  std::vector<Members> members(bins.size());
  GroupErrors result;
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::optional<size_t> bin = bins.Of(keys[i]);
    if (!bin.has_value()) {
      ++result.outside;
      continue;
    }
    members[*bin].targets.push_back(targets[i]);
    members[*bin].predictions.push_back(predictions[i]);
  }
  for (size_t bin = 0; bin < bins.size(); ++bin) {
    result.groups.push_back(ErrorOf(bins.Name(bin), members[bin]));
  }
  return result;
}

absl::StatusOr<GroupErrors> ErrorsBySite(absl::Span<const std::string> sites, Values targets,
                                         Values predictions) {
  GYRUS_RETURN_IF_ERROR(CheckPairs(targets, predictions));
  if (sites.size() != targets.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", sites.size(), " sites for ", targets.size(), " items"));
  }
  std::map<std::string, Members> members;
  for (size_t i = 0; i < sites.size(); ++i) {
    members[sites[i]].targets.push_back(targets[i]);
    members[sites[i]].predictions.push_back(predictions[i]);
  }
  GroupErrors result;
  for (const auto& [site, of_site] : members) result.groups.push_back(ErrorOf(site, of_site));
  return result;
}

}  // namespace gyrus

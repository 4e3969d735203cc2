#include "coordinator/plan/groups.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/missing.h"
#include "common/status.h"

namespace gyrus {
namespace {

// Disjoint sets of the numbers below `size`; each is named by its smallest.
class UnionFind {
 public:
  explicit UnionFind(size_t size) : parents_(size) {
    std::iota(parents_.begin(), parents_.end(), 0);
  }

  uint32_t Find(uint32_t element) {
    while (parents_[element] != element) {
      parents_[element] = parents_[parents_[element]];
      element = parents_[element];
    }
    return element;
  }

  void Join(uint32_t a, uint32_t b) {
    a = Find(a);
    b = Find(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<uint32_t> parents_;
};

// A misspelt column would otherwise mean that nothing is grouped.
absl::Status CheckColumn(const Samples& samples, absl::string_view column) {
  for (const v1::Sample& sample : samples) {
    if (!GroupValue(sample, column).empty()) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("split.kfold.group: no row has a value in a column '", column, "'"));
}

}  // namespace

std::string GroupValue(const v1::Sample& sample, absl::string_view column) {
  std::string value;
  if (column == "subject") {
    value = sample.subject_key();
  } else if (column == "family") {
    value = sample.family_key();
  } else if (column == "site") {
    value = sample.site();
  } else if (const auto found = sample.texts().find(std::string(column));
             found != sample.texts().end()) {
    value = found->second;
  }
  return IsMissing(value) ? "" : value;
}

absl::StatusOr<std::vector<Group>> GroupSamples(const Samples& samples, absl::string_view column) {
  GYRUS_RETURN_IF_ERROR(CheckColumn(samples, column));
  UnionFind sets(samples.size());
  for (const absl::string_view key :
       {absl::string_view("subject"), absl::string_view("family"), column}) {
    absl::flat_hash_map<std::string, uint32_t> first;
    for (uint32_t i = 0; i < samples.size(); ++i) {
      std::string value = GroupValue(samples[i], key);
      if (value.empty() && key != "site") continue;
      sets.Join(i, first.try_emplace(std::move(value), i).first->second);
    }
  }
  std::vector<Group> groups;
  std::vector<uint32_t> group_of(samples.size());
  for (uint32_t i = 0; i < samples.size(); ++i) {
    const uint32_t root = sets.Find(i);  // Never after `i`, so its group is there.
    if (root == i) {
      group_of[i] = static_cast<uint32_t>(groups.size());
      groups.emplace_back();
    }
    groups[group_of[root]].push_back(i);
  }
  return groups;
}

}  // namespace gyrus

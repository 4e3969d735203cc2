#include "coordinator/plan/strata.h"

#include <numeric>
#include <optional>

#include "common/status.h"
#include "core/spec/target.h"
#include "core/spec/task.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

bool IsTarget(const v1::ExperimentSpec& spec, const std::string& column) {
  return column == kByTarget || column == TargetOf(spec.task());
}

std::optional<double> StratumOf(const v1::ExperimentSpec& spec, const std::string& column,
                                const v1::Sample& sample) {
  if (IsTarget(spec, column)) return TargetOfSample(sample, spec.task());
  const auto found = sample.numbers().find(column);
  return found == sample.numbers().end() ? std::nullopt : std::optional(found->second);
}

std::vector<ClassCounts> ClassesOf(const v1::Task& task, const Samples& samples,
                                   const std::vector<Group>& groups) {
  std::vector<ClassCounts> counts(groups.size(), ClassCounts(task.classification().classes_size()));
  for (size_t g = 0; g < groups.size(); ++g) {
    for (const uint32_t i : groups[g]) {
      const auto index = TargetOfSample(samples[i], task);
      if (index.has_value()) ++counts[g][static_cast<size_t>(*index)];
    }
  }
  return counts;
}

}  // namespace

absl::StatusOr<Strata> StrataOf(const v1::ExperimentSpec& spec, const std::string& column,
                                const Samples& samples, const std::vector<Group>& groups) {
  Strata strata;
  if (column != kUnstratified && IsTarget(spec, column) && HasClass(spec.task())) {
    strata.classes = ClassesOf(spec.task(), samples, groups);
    return strata;
  }
  strata.numbers.resize(groups.size());
  if (column == kUnstratified) return strata;
  if (!IsTarget(spec, column)) {
    GYRUS_RETURN_IF_ERROR(Annotate(CheckNumbers(spec, samples, column), "split.kfold.stratify"));
  }
  const auto mean_of = [&](const Group& group, double otherwise) {
    std::vector<double> values;
    for (const uint32_t i : group) {
      if (const auto value = StratumOf(spec, column, samples[i])) values.push_back(*value);
    }
    return Mean(values).value_or(otherwise);
  };
  Group all(samples.size());
  std::iota(all.begin(), all.end(), 0u);
  // Groups without any value are placed in the middle of the distribution, where they
  // disturb the folds least.
  const double mean = mean_of(all, 0);
  for (size_t g = 0; g < groups.size(); ++g) strata.numbers[g] = mean_of(groups[g], mean);
  return strata;
}

}  // namespace gyrus

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

}  // namespace

absl::StatusOr<std::vector<double>> StrataOf(const v1::ExperimentSpec& spec,
                                             const std::string& column, const Samples& samples,
                                             const std::vector<Group>& groups) {
  std::vector<double> strata(groups.size());
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
  const double mean = mean_of(all, 0);
  for (size_t g = 0; g < groups.size(); ++g) strata[g] = mean_of(groups[g], mean);
  return strata;
}

}  // namespace gyrus

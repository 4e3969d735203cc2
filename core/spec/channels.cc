#include "core/spec/channels.h"

#include <algorithm>

#include "core/spec/arm.h"
#include "core/spec/stages.h"

namespace gyrus {
std::optional<std::vector<std::string>> ListedChannels(const v1::ExperimentSpec& spec) {
  const auto lists_none = [](const v1::Cohort& cohort) { return cohort.images().empty(); };
  if (spec.cohorts().empty() ||
      std::any_of(spec.cohorts().begin(), spec.cohorts().end(), lists_none)) {
    return std::nullopt;
  }
  std::vector<std::string> channels;
  for (const auto& image : spec.cohorts(0).images()) {
    const auto lists_it = [&](const v1::Cohort& cohort) {
      return cohort.images().contains(image.first);
    };
    if (std::all_of(spec.cohorts().begin(), spec.cohorts().end(), lists_it)) {
      channels.push_back(image.first);
    }
  }
  // The entries of a map come in no fixed order.
  std::sort(channels.begin(), channels.end());
  return channels;
}

std::set<std::string> LabelChannels(const v1::ExperimentSpec& spec) {
  std::set<std::string> labels;
  for (int stage = 0; stage < StageCount(spec); ++stage) {
    const v1::ExperimentSpec alone = SpecOfStage(spec, stage);
    for (const v1::Arm& arm : alone.arms()) {
      const v1::ArmPlan resolved = ResolveArm(alone, arm);
      labels.insert(resolved.recipe().labels().begin(), resolved.recipe().labels().end());
    }
  }
  return labels;
}

}  // namespace gyrus

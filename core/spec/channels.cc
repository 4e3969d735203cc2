#include "core/spec/channels.h"

#include <algorithm>

#include "core/spec/arm.h"
#include "core/spec/stages.h"

namespace gyrus {
namespace {

void AddOnce(const std::string& channel, std::vector<std::string>& channels) {
  if (std::find(channels.begin(), channels.end(), channel) == channels.end()) {
    channels.push_back(channel);
  }
}

}  // namespace

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
  std::sort(channels.begin(), channels.end());
  return channels;
}

std::vector<std::string> ChannelsAfter(const v1::Recipe& recipe, const v1::ExperimentSpec& spec) {
  const std::optional<std::vector<std::string>> listed = ListedChannels(spec);
  std::vector<std::string> channels = listed.value_or(std::vector<std::string>());
  std::vector<std::string> ratios;
  for (const v1::Step& step : recipe.steps()) {
    if (!step.has_ratio()) continue;
    for (const std::string& of : step.ratio().of()) {
      const bool made = std::find(ratios.begin(), ratios.end(), of) != ratios.end();
      if (!listed.has_value() && !made) AddOnce(of, channels);
    }
    if (!step.ratio().name().empty()) ratios.push_back(step.ratio().name());
  }
  for (const std::string& ratio : ratios) AddOnce(ratio, channels);
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

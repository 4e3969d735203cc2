#include "core/spec/input_channels.h"

#include <set>

namespace gyrus {

std::vector<std::string> InputChannels(
    const v1::Recipe& recipe, const google::protobuf::RepeatedPtrField<std::string>& channels) {
  std::set<std::string> read;
  std::set<std::string> made;
  for (const v1::Step& step : recipe.steps()) {
    if (!step.has_ratio()) continue;
    for (const std::string& channel : step.ratio().of()) {
      if (!made.contains(channel)) read.insert(channel);
    }
    made.insert(step.ratio().name());
  }
  for (const std::string& channel : channels) {
    if (!made.contains(channel)) read.insert(channel);
  }
  read.insert(recipe.labels().begin(), recipe.labels().end());
  return {read.begin(), read.end()};
}

}  // namespace gyrus

// Which channels there are to choose from.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Channels that every cohort lists under `images`, sorted. No value when some
// cohort lists none: then any column of its manifest may be a channel.
std::optional<std::vector<std::string>> ListedChannels(const v1::ExperimentSpec& spec);

// What the network may see after `recipe`: the listed channels, or without
// those the ones that ratios are made of, then the ratios. Empty: only the arms
// can say.
std::vector<std::string> ChannelsAfter(const v1::Recipe& recipe, const v1::ExperimentSpec& spec);

// Channels that hold labels for some arm of some stage. Such images say nothing
// of whose they are: two brains without a lesion have the same.
std::set<std::string> LabelChannels(const v1::ExperimentSpec& spec);

}  // namespace gyrus

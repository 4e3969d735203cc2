// The channels of an experiment as its file alone tells them. What a recipe makes
// of them is in core/recipe.
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

// Channels that hold labels for some arm of some stage. Such images do not identify a
// person: two brains without a lesion have equal ones.
std::set<std::string> LabelChannels(const v1::ExperimentSpec& spec);

}  // namespace gyrus

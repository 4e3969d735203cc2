// The result of an experiment, for programs.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// One line of JSON, without a line break; docs/formats.md lists its names.
// null: undefined, or not there. Digests are lower-case hex. Numbers read back
// as the same double. `reasons` is there only when the experiment is INVALID,
// a fold's `reason` only when it has one.
std::string ResultToJson(const v1::Result& result);

}  // namespace gyrus

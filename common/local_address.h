// Which of this host's addresses others see.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace gyrus {

// This host's numeric address on the route to `peer`, HOST:PORT; sends nothing.
// UNAVAILABLE: the host has no address, or there is no route.
absl::StatusOr<std::string> LocalAddressTowards(const std::string& peer);

}  // namespace gyrus

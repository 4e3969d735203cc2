// Finds out by which of its addresses this host is reached, for programs that listen
// on a port and must tell others where.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace gyrus {

// This host's numeric address on the route to `peer` (HOST:PORT). Sends nothing, but
// may look up the host's name.
// UNAVAILABLE: the name of the peer is unknown, or there is no route to it.
absl::StatusOr<std::string> LocalAddressTowards(const std::string& peer);

}  // namespace gyrus

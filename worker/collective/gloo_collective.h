// A group of processes that talk TCP through Gloo.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "worker/collective/collective.h"

namespace gyrus {

// Gives this rank's bytes to all and returns all ranks', by rank; blocks until
// each has come. Every call is a round; all ranks make the same ones. The
// coordinator's Exchange, in a trainer.
using ExchangeFn = absl::AnyInvocable<absl::StatusOr<std::vector<std::string>>(std::string mine)>;

struct GlooOptions {
  int rank = 0;
  int size = 1;
  // Of this host, as its peers reach it.
  std::string host = "127.0.0.1";
  absl::Duration timeout = absl::Seconds(60);
};

// Connects to all peers. Errors are those of Collective, and of `exchange`. The
// process must ignore SIGPIPE, as all our programs do: Gloo writes to sockets
// that a lost peer has closed.
absl::StatusOr<std::unique_ptr<Collective>> JoinGlooGroup(const GlooOptions& options,
                                                          ExchangeFn exchange);

// OK when this program runs with the Gloo that it was linked with, and not with
// the one inside libtorch_cpu.so, whose symbols have the same names.
absl::Status CheckGloo();

}  // namespace gyrus

// A group of ranks that run in processes of their own and communicate over TCP by
// means of Gloo, a library of collective operations for CPUs.
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

// Gives this rank's bytes to all ranks and returns the bytes of all ranks, by rank.
// It blocks until every rank has called it; the calls of all ranks are matched by
// their order. In a trainer it calls the coordinator's Exchange.
using ExchangeFn = absl::AnyInvocable<absl::StatusOr<std::vector<std::string>>(std::string mine)>;

struct GlooOptions {
  int rank = 0;
  int size = 1;
  // The address at which the other ranks reach this host.
  std::string host = "127.0.0.1";
  absl::Duration timeout = absl::Seconds(60);
};

// Connects to all peers. Errors are those of Collective and of `exchange`. The
// process must ignore SIGPIPE, as all programs of Gyrus do, because Gloo writes to
// sockets that a lost peer has closed.
absl::StatusOr<std::unique_ptr<Collective>> JoinGlooGroup(const GlooOptions& options,
                                                          ExchangeFn exchange);

// Returns OK when this program runs with the Gloo that it was linked with.
// libtorch_cpu.so contains another Gloo whose symbols have the same names, and with
// a wrong order of linking the program would call that one.
absl::Status CheckGloo();

}  // namespace gyrus

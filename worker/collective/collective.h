// The operations that a group of ranks performs together, such as a broadcast.
// A rank is one of the processes (or, in tests, threads) that train one network.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace gyrus {

// One rank's handle on a fixed group. All ranks make the same calls in the same
// order. Backends: local_collective.h (threads of one process; a group of one),
// gloo_collective.h (CPU). These are primitives that move bytes; sums are taken
// in one place above them, worker/training/gradient_tree.h, so that no backend
// decides bits.
//
// Spans of floats lie in the memory of the device that the group is made for:
// both present backends use the host's memory. Strings are always in the host's.
//
// After any error the group is broken: the calls of every rank fail until all
// ranks have made a new group. This is how the ranks notice that a peer is lost.
//  * DEADLINE_EXCEEDED: a peer did not make the call within the group's timeout.
//  * UNAVAILABLE: a peer left, or the transport failed.
//
// Not thread-safe: one thread makes, uses and destroys it.
class Collective {
 public:
  virtual ~Collective() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;

  // `send` and `receive` are size() chunks of one length. Chunk r of `send`
  // goes to rank r; chunk r of `receive` comes from rank r.
  virtual absl::Status AllToAll(absl::Span<const float> send, absl::Span<float> receive) = 0;

  // `receive` is size() chunks of the length of `send`; chunk r is rank r's.
  virtual absl::Status AllGather(absl::Span<const float> send, absl::Span<float> receive) = 0;

  // Returns the bytes of every rank, by rank. Their lengths may differ.
  virtual absl::StatusOr<std::vector<std::string>> AllGatherBytes(const std::string& mine) = 0;

  // Replaces the values of every other rank by those of rank 0. All lengths are equal.
  virtual absl::Status Broadcast(absl::Span<float> values) = 0;

  // Returns the bytes of rank 0 on every rank and ignores those of the other ranks.
  virtual absl::StatusOr<std::string> BroadcastBytes(const std::string& mine) = 0;
};

}  // namespace gyrus

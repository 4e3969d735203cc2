// What a group of ranks can do together.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace gyrus {

// One rank's end of a fixed group. All ranks make the same calls in the same
// order. Backends: local_collective.h (threads of one process; a group of one),
// gloo_collective.h (CPU). These are primitives that move bytes; sums are taken
// in one place above them, worker/training/gradient_tree.h, so that no backend
// decides bits.
//
// Spans of floats lie in the memory of the device that the group is made for:
// with both backends of today, the host's. Strings always lie in the host's.
//
// After any error the group is broken: every rank's calls fail until all have
// made a new one. That is how a lost peer is noticed.
//  * DEADLINE_EXCEEDED: a peer did not come within the group's timeout.
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

  // Each rank's bytes, by rank; lengths may differ.
  virtual absl::StatusOr<std::vector<std::string>> AllGatherBytes(const std::string& mine) = 0;

  // Rank 0's values, which replace those of every other rank. The lengths are equal.
  virtual absl::Status Broadcast(absl::Span<float> values) = 0;

  // Rank 0's bytes, on every rank; those that other ranks give are ignored.
  virtual absl::StatusOr<std::string> BroadcastBytes(const std::string& mine) = 0;
};

}  // namespace gyrus

// A log of the items that a training has seen, which proves that each item was used
// exactly once in each epoch.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gyrus/v1/record.pb.h"
#include "worker/collective/collective.h"

namespace gyrus {

// Entries go by position in the epoch and not by rank, so the digest is the same
// for every number of ranks and for a training that was interrupted. It is chained
// over the epochs; v1::TrainerFinished.seen_digest defines it. All ranks hold the
// chain; of the open epoch each holds its own entries.
//
// One thread.
class SeenLog {
 public:
  // Adds the item at a position; `tensor` is its voxels as the network got them.
  void Add(uint32_t position, absl::string_view tensor);

  // Closes the epoch: adds the entries of all ranks to the chain and, where they are
  // asked for, returns them by position. `name_of` gives the item at a position. All
  // ranks call it together.
  //  * INTERNAL: some position of 0..items-1 was trained on twice or not at all.
  // Others are those of Collective.
  absl::StatusOr<std::vector<v1::SeenItem>> FinishEpoch(
      uint32_t epoch, uint32_t items, bool return_items,
      absl::FunctionRef<std::string(uint32_t)> name_of, Collective& collective);

  // The digest over all finished epochs; empty before the first.
  const std::string& digest() const { return digest_; }

  // Returns this rank's entries of the open epoch, as v1::ResumeState.open_seen holds
  // them.
  std::string Pack() const;
  // Continues a chain; `open` becomes this rank's entries of the open epoch.
  // DATA_LOSS: `open` is truncated.
  absl::Status Load(std::string digest, absl::string_view open);

 private:
  struct Entry {
    uint32_t position;
    std::array<char, 16> tensor_digest;
  };
  static_assert(sizeof(Entry) == 20);

  absl::Status Unpack(absl::string_view bytes);

  std::vector<Entry> open_;
  std::string digest_;
};

}  // namespace gyrus

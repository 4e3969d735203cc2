// Remembers which records have been applied.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// Experiment, trial, attempt, rank.
using RankKey = std::tuple<std::string, std::string, uint32_t, uint32_t>;

inline RankKey KeyOf(const v1::RankId& rank) {
  return {rank.experiment_id(), rank.trial_id(), rank.attempt(), rank.rank()};
}

// Holds for each rank the sequence up to which its records are applied; 0 stands for
// none. Records come in order and without a gap, so one number is enough.
class RecordMarks {
 public:
  uint64_t Of(const RankKey& rank) const {
    const auto it = marks_.find(rank);
    return it == marks_.end() ? 0 : it->second;
  }
  void Set(RankKey rank, uint64_t sequence) { marks_[std::move(rank)] = sequence; }

 private:
  absl::flat_hash_map<RankKey, uint64_t> marks_;
};

}  // namespace gyrus

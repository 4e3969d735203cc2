#include "coordinator/runtime/rendezvous.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gyrus {

// A rank that calls again in a complete round gets the values at once: its first reply may
// have been lost. Callbacks are called after the lock is released.
void Rendezvous::Arrive(const v1::ExchangeRequest& request, Done done) {
  const v1::RankId& rank = request.rank();
  std::vector<std::string> values;
  std::vector<Done> complete;
  absl::Status refused;
  {
    absl::MutexLock lock(&mu_);
    Round& round =
        attempts_[{rank.experiment_id(), rank.trial_id(), rank.attempt()}][request.round()];
    if (round.values.empty()) {
      round.values.resize(request.world_size());
      round.here.resize(request.world_size());
    }
    if (!closed_.ok()) {
      refused = closed_;
    } else if (rank.rank() >= round.values.size() || round.values.size() != request.world_size()) {
      refused = absl::InvalidArgumentError(absl::StrCat("rank ", rank.rank(), " of ",
                                                        request.world_size(), " meets a group of ",
                                                        round.values.size()));
    } else {
      round.values[rank.rank()] = request.value();
      round.here[rank.rank()] = true;
      round.waiting.push_back(std::move(done));
      if (std::find(round.here.begin(), round.here.end(), false) == round.here.end()) {
        values = round.values;
        complete.swap(round.waiting);
      }
    }
  }
  if (!refused.ok()) done(refused);
  for (Done& one : complete) one(values);
}

void Rendezvous::End(const std::string& experiment_id, const std::string& trial_id,
                     uint32_t attempt) {
  std::map<uint32_t, Round> rounds;
  {
    absl::MutexLock lock(&mu_);
    const auto found = attempts_.find({experiment_id, trial_id, attempt});
    if (found == attempts_.end()) return;
    rounds = std::move(found->second);
    attempts_.erase(found);
  }
  for (auto& [number, round] : rounds) {
    for (Done& done : round.waiting) {
      done(absl::AbortedError(absl::StrCat("attempt ", attempt, " of ", trial_id, " has ended")));
    }
  }
}

void Rendezvous::Close(const absl::Status& why) {
  std::map<AttemptKey, std::map<uint32_t, Round>> attempts;
  {
    absl::MutexLock lock(&mu_);
    closed_ = why;
    attempts.swap(attempts_);
  }
  for (auto& [key, rounds] : attempts) {
    for (auto& [number, round] : rounds) {
      for (Done& done : round.waiting) done(why);
    }
  }
}

}  // namespace gyrus

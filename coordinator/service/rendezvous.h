// Where the ranks of an attempt meet. In memory only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// Thread-safe.
class Rendezvous {
 public:
  // All ranks' bytes, by rank.
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::vector<std::string>>)>;

  // Calls `done` once every rank has come to the round, or with ABORTED once
  // the attempt is over. A rank may come again. INVALID_ARGUMENT: ranks
  // disagree on how many they are. After Close, its status.
  void Arrive(const v1::ExchangeRequest& request, Done done) ABSL_LOCKS_EXCLUDED(mu_);

  // Sends those who wait away and forgets all rounds of the attempt.
  void End(const std::string& experiment_id, const std::string& trial_id, uint32_t attempt)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Sends away those who wait and all who come later: a server cannot stop
  // while somebody waits.
  void Close(const absl::Status& why) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using AttemptKey = std::tuple<std::string, std::string, uint32_t>;
  struct Round {
    std::vector<std::string> values;
    std::vector<bool> here;
    std::vector<Done> waiting;
  };

  absl::Mutex mu_;
  absl::Status closed_ ABSL_GUARDED_BY(mu_);
  std::map<AttemptKey, std::map<uint32_t, Round>> attempts_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus

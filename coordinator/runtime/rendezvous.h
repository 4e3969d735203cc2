// Exchanges the addresses of the ranks that train together, so that they can connect to
// each other. It is kept in memory only.
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

// Each rank brings some bytes and gets those of all ranks, round after round; that
// is how the ranks exchange their addresses. Thread-safe.
class Rendezvous {
 public:
  // Gets all ranks' bytes, by rank.
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::vector<std::string>>)>;

  // Calls `done` once every rank has arrived in the round, or with ABORTED once the
  // attempt has ended. A rank may arrive again. INVALID_ARGUMENT: ranks disagree
  // on how many they are. After Close, its status.
  void Arrive(const v1::ExchangeRequest& request, Done done) ABSL_LOCKS_EXCLUDED(mu_);

  // Answers the ranks that wait, and forgets all rounds of the attempt.
  void End(const std::string& experiment_id, const std::string& trial_id, uint32_t attempt)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Answers the ranks that wait, and all that arrive later, with `why`: a server
  // cannot stop while a call waits.
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

// Starts and stops the ranks of attempts on workers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/executor.h"
#include "common/signing.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/runtime/loaders.h"
#include "coordinator/runtime/worker_links.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// Makes the messages that tell workers to start a rank, with its spec and a signed
// grant for the items that it may read, and sends those that stop a rank or forget
// a trial. Decides nothing. The references given to the constructor must outlive
// it. Thread-safe; no method blocks.
class AttemptDispatcher {
 public:
  struct Hooks {
    // Sends a start, where the attempt still runs, in the order in which commands
    // are decided: after the reply to the worker's Hello, and never after the rank
    // was told to stop.
    std::function<void(const std::string& worker_id, v1::ToWorker start)> send_start;
    // A start could not be made.
    std::function<void(const v1::RankExited& exited)> failed;
  };

  AttemptDispatcher(const SigningKey& key, Loaders& loaders, WorkerLinks& links, Hooks hooks);

  // Starts all ranks of the trial's newest attempt, or only one. The messages are
  // made on a thread of this object: a grant is signed, and loaders may still be
  // starting.
  void Start(const ExperimentMachine& machine, const TrialStatus& trial,
             std::optional<uint32_t> only_rank = std::nullopt);
  // Waits for the starts in the making. Not with any call of Start() at the same
  // time, or after it; the other methods go on working.
  void Close();
  // Tells the workers of the trial's newest attempt to stop its ranks.
  void Stop(const ExperimentMachine& machine, const TrialStatus& trial, const v1::Reason& reason);
  // Tells workers that they may remove their checkpoints of the trial.
  void Forget(const std::string& experiment_id, const std::string& trial_id,
              const std::vector<std::string>& workers);

 private:
  // The message to rank 0; those to the others differ in rank and slot only.
  absl::StatusOr<v1::ToWorker> MakeStart(const ExperimentMachine& machine,
                                         const TrialStatus& trial);
  void SendStarts(const ExperimentMachine& machine, const TrialStatus& trial,
                  std::optional<uint32_t> only_rank);

  const SigningKey& key_;
  Loaders& loaders_;
  WorkerLinks& links_;
  const Hooks hooks_;
  // Null after Close(). Last, so that it is drained before the rest goes.
  std::unique_ptr<Executor> executor_ = std::make_unique<Executor>(4);
};

// The rank's id in messages to and from workers.
v1::RankId RankIdOf(const ExperimentMachine& machine, const TrialStatus& trial, uint32_t rank);

// Tells a worker to stop a rank.
v1::ToWorker StopMessage(v1::RankId rank, const v1::Reason& reason);

}  // namespace gyrus

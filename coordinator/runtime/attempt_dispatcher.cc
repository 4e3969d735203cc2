#include "coordinator/runtime/attempt_dispatcher.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/reason/reason.h"
#include "common/status.h"
#include "coordinator/plan/planned_trials.h"

namespace gyrus {
namespace {

// Returns the digest of the weights that the trial starts from; empty for random weights.
std::string InitialWeightsOf(const ExperimentMachine& machine, const PlannedTrial& trial) {
  const v1::Init& init = trial.arm->init();
  if (init.has_weights()) return absl::HexStringToBytes(init.sha256());
  if (trial.parent.empty()) return "";
  const TrialStatus& parent = *machine.FindTrial(trial.parent);
  return FindArtifact(*parent.finished.at(0), v1::ARTIFACT_KIND_WEIGHTS)->sha256();
}

}  // namespace

v1::RankId RankIdOf(const ExperimentMachine& machine, const TrialStatus& trial, uint32_t rank) {
  v1::RankId id;
  id.set_experiment_id(machine.id());
  id.set_trial_id(trial.id);
  id.set_attempt(trial.attempt);
  id.set_rank(rank);
  return id;
}

v1::ToWorker StopMessage(v1::RankId rank, const v1::Reason& reason) {
  v1::ToWorker message;
  *message.mutable_stop()->mutable_rank() = std::move(rank);
  *message.mutable_stop()->mutable_reason() = reason;
  return message;
}

AttemptDispatcher::AttemptDispatcher(const SigningKey& key, Loaders& loaders, WorkerLinks& links,
                                     Hooks hooks)
    : key_(key), loaders_(loaders), links_(links), hooks_(std::move(hooks)) {}

void AttemptDispatcher::Start(const ExperimentMachine& machine, const TrialStatus& trial,
                              std::optional<uint32_t> only_rank) {
  executor_->Run(
      [this, snapshot = machine, trial, only_rank] { SendStarts(snapshot, trial, only_rank); });
}

void AttemptDispatcher::Close() { executor_.reset(); }

// If the message cannot be made, the attempt fails with the reason instead of waiting for
// ranks that never start.
void AttemptDispatcher::SendStarts(const ExperimentMachine& machine, const TrialStatus& trial,
                                   std::optional<uint32_t> only_rank) {
  const absl::StatusOr<v1::ToWorker> start = MakeStart(machine, trial);
  if (!start.ok()) {
    v1::RankExited exited;
    *exited.mutable_rank() = RankIdOf(machine, trial, only_rank.value_or(0));
    // A loader that cannot be reached holds the trial; all else is a mistake of Gyrus.
    const v1::Reason reason = ReasonFrom(start.status(), ErrorOrigin::kLoader);
    const bool passing = ClassOf(reason.code()) == ReasonClass::kPassing;
    *exited.mutable_reason() =
        MakeReason(passing ? reason.code() : v1::REASON_CODE_INTERNAL, reason.message());
    hooks_.failed(exited);
    return;
  }
  for (uint32_t rank = 0; rank < trial.gang.size(); ++rank) {
    if (only_rank.has_value() && rank != *only_rank) continue;
    v1::ToWorker message = *start;
    message.mutable_start()->mutable_rank()->set_rank(rank);
    message.mutable_start()->set_slot(trial.gang[rank].slot());
    hooks_.send_start(trial.gang[rank].worker_id(), std::move(message));
  }
}

absl::StatusOr<v1::ToWorker> AttemptDispatcher::MakeStart(const ExperimentMachine& machine,
                                                          const TrialStatus& trial) {
  const v1::Plan& plan = *machine.plan();
  const PlannedTrial& planned = (*machine.planned())[trial.number];
  v1::ToWorker message;
  v1::StartRank& start = *message.mutable_start();
  *start.mutable_rank() = RankIdOf(machine, trial, 0);
  start.set_world_size(plan.spec().resources().slots_per_trial());
  GYRUS_ASSIGN_OR_RETURN(*start.mutable_trial(), MakeTrialSpec(planned, machine.id()));
  start.mutable_trial()->set_init_sha256(InitialWeightsOf(machine, planned));
  const v1::GrantBody body =
      MakeGrantBody(start.trial(), trial.attempt, planned.plan->table_digests());
  start.mutable_grant()->set_body(body.SerializeAsString());
  start.mutable_grant()->set_signature(key_.Sign(start.grant().body()));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> addresses, loaders_.Addresses());
  for (const auto& [cohort, loader] : plan.loaders()) {
    if (loader >= addresses.size()) {
      return absl::FailedPreconditionError(
          absl::StrCat("the loader of cohort ", cohort, " is not among this coordinator's"));
    }
    (*start.mutable_loaders())[cohort] = addresses[loader];
  }
  return message;
}

void AttemptDispatcher::Stop(const ExperimentMachine& machine, const TrialStatus& trial,
                             const v1::Reason& reason) {
  for (uint32_t rank = 0; rank < trial.gang.size(); ++rank) {
    links_.Send(trial.gang[rank].worker_id(), StopMessage(RankIdOf(machine, trial, rank), reason));
  }
}

void AttemptDispatcher::Forget(const std::string& experiment_id, const std::string& trial_id,
                               const std::vector<std::string>& workers) {
  for (const std::string& worker : workers) {
    v1::ToWorker message;
    message.mutable_forget()->set_experiment_id(experiment_id);
    message.mutable_forget()->set_trial_id(trial_id);
    links_.Send(worker, std::move(message));
  }
}

}  // namespace gyrus

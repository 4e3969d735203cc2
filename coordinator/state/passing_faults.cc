#include "coordinator/state/passing_faults.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/reason/reason.h"

namespace gyrus {
namespace {

// The pause that comes with number `count`, from 1.
absl::Duration PauseAt(const Pauses& pauses, uint32_t count) {
  absl::Duration pause = pauses.first;
  for (uint32_t i = 1; i < count && pause < pauses.longest; ++i) pause *= 2;
  return std::min(pause, pauses.longest);
}

// How many faults of this kind in a row are each followed by another attempt at once.
// Absent: all of them are.
std::optional<uint32_t> FaultsWithoutPause(v1::ReasonCode code) {
  switch (code) {
    case v1::REASON_CODE_ENVIRONMENT:
    case v1::REASON_CODE_LOADER_LOST:
      return 0;
    case v1::REASON_CODE_PEER_LOST:
      return 1;
    default:
      return std::nullopt;
  }
}

bool IsFaultOfHost(v1::ReasonCode code) {
  return code == v1::REASON_CODE_ENVIRONMENT || code == v1::REASON_CODE_TRAINER_EXITED;
}

}  // namespace

void HeldTrials::AddFault(const TrialKey& trial, const v1::Reason& reason, absl::Duration now) {
  const auto without_pause = FaultsWithoutPause(reason.code());
  if (!without_pause.has_value()) return;
  Held& held = held_[trial];
  ++held.faults;
  if (held.faults <= *without_pause) return;
  const absl::Duration pause = PauseAt(pauses_, held.faults - *without_pause);
  held.until = now + pause;
  // The text does not count down: nobody need be told anew each second.
  held.reason = MakeReason(reason.code(), absl::StrCat(reason.message(), "; tried again after ",
                                                       absl::FormatDuration(pause)));
}

std::optional<v1::Reason> HeldTrials::ReasonOf(const TrialKey& trial, absl::Duration now) const {
  const auto found = held_.find(trial);
  if (found == held_.end() || now >= found->second.until) return std::nullopt;
  return found->second.reason;
}

void RestingWorkers::AddFault(const std::string& worker_id, const TrialKey& trial,
                              const v1::Reason& reason, absl::Duration now) {
  if (worker_id.empty() || !IsFaultOfHost(reason.code())) return;
  Record& record = workers_[worker_id];
  // What else ran there when the rest began belongs to the same fault.
  if (now < record.until) return;
  const bool counts_already = record.failures > 0 && record.failures < failures_before_rest_;
  if (counts_already && record.last_trial == trial) return;
  record.last_trial = trial;
  ++record.failures;
  if (record.failures < failures_before_rest_) return;
  const absl::Duration pause = PauseAt(pauses_, record.failures - failures_before_rest_ + 1);
  record.until = now + pause;
  record.reason = MakeReason(
      v1::REASON_CODE_ENVIRONMENT,
      absl::StrCat("worker ", worker_id, " rests for ", absl::FormatDuration(pause), ", because ",
                   record.failures, " trials in a row failed on it; the last: ", reason.message()));
}

std::optional<v1::Reason> RestingWorkers::ReasonOf(const std::string& worker_id,
                                                   absl::Duration now) const {
  const auto found = workers_.find(worker_id);
  if (found == workers_.end() || now >= found->second.until) return std::nullopt;
  return found->second.reason;
}

}  // namespace gyrus

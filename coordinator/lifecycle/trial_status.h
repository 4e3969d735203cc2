// The state of one trial, from waiting to done or failed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/reason.pb.h"
#include "gyrus/v1/record.pb.h"

namespace gyrus {

struct TrialStatus {
  std::string id;
  uint32_t number = 0;  // Its place among the trials of the plan, from 0.
  v1::TrialState state = v1::TRIAL_STATE_PENDING;
  // The number of the newest attempt; 0 before the first.
  uint32_t attempt = 0;
  // The placements and results of the newest attempt, by rank.
  std::vector<v1::Placement> gang;
  std::vector<std::optional<v1::TrainerFinished>> finished;
  // That of the first attempt, which all others must have too. Empty before it.
  std::string numeric_kind;
  // Attempts that failed and count towards the limit.
  uint32_t failures = 0;
  // Why the last attempt failed, or why the trial was cancelled.
  v1::Reason reason;
  // Where the trial failed because numbers were not finite: the last finite
  // weights, then the checkpoint that describes them.
  std::vector<v1::Artifact> last_finite;
};

bool operator==(const TrialStatus& a, const TrialStatus& b);

// Whether a trial in this state is over. Only RetryTrials changes one that is FAILED;
// nothing changes the others.
bool IsTerminal(v1::TrialState state);
inline bool IsTerminal(const TrialStatus& trial) { return IsTerminal(trial.state); }

// Whether every rank of the newest attempt has finished.
bool AllFinished(const TrialStatus& trial);

// Finds the artefact of this kind that a trainer left; null where it left none.
const v1::Artifact* FindArtifact(const v1::TrainerFinished& finished, v1::ArtifactKind kind);

}  // namespace gyrus

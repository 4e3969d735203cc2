// How far a trial is.
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
  std::string parent;  // Whose weights it goes on with; empty: none.
  v1::TrialState state = v1::TRIAL_STATE_PENDING;
  // The newest; 0: none yet.
  uint32_t attempt = 0;
  // Of the newest attempt, by rank.
  std::vector<v1::Placement> gang;
  std::vector<std::optional<v1::TrainerFinished>> finished;
  // Of the first attempt; all others must have it. Empty: none yet.
  std::string numeric_kind;
  // Attempts that failed and count towards the limit.
  uint32_t failures = 0;
  // Of the last failure, or of the cancellation.
  v1::Reason reason;
  // Of a trial that failed by numbers that are not finite: the weights before, then
  // their checkpoint.
  std::vector<v1::Artifact> last_finite;
};

bool operator==(const TrialStatus& a, const TrialStatus& b);

// Neither pending nor running: it will not change.
bool IsOver(const TrialStatus& trial);

bool AllFinished(const TrialStatus& trial);

// What a trainer left of this kind; null: nothing.
const v1::Artifact* FindArtifact(const v1::TrainerFinished& finished, v1::ArtifactKind kind);

}  // namespace gyrus

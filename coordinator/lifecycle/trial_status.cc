#include "coordinator/lifecycle/trial_status.h"

#include <algorithm>

#include "google/protobuf/util/message_differencer.h"

namespace gyrus {
namespace {

using google::protobuf::util::MessageDifferencer;

bool SamePlacement(const v1::Placement& a, const v1::Placement& b) {
  return MessageDifferencer::Equals(a, b);
}

bool SameArtifact(const v1::Artifact& a, const v1::Artifact& b) {
  return MessageDifferencer::Equals(a, b);
}

bool SameFinish(const std::optional<v1::TrainerFinished>& a,
                const std::optional<v1::TrainerFinished>& b) {
  return a.has_value() == b.has_value() && (!a.has_value() || MessageDifferencer::Equals(*a, *b));
}

}  // namespace

bool operator==(const TrialStatus& a, const TrialStatus& b) {
  return a.id == b.id && a.number == b.number && a.state == b.state && a.attempt == b.attempt &&
         std::equal(a.gang.begin(), a.gang.end(), b.gang.begin(), b.gang.end(), SamePlacement) &&
         std::equal(a.finished.begin(), a.finished.end(), b.finished.begin(), b.finished.end(),
                    SameFinish) &&
         a.numeric_kind == b.numeric_kind && a.failures == b.failures &&
         MessageDifferencer::Equals(a.reason, b.reason) &&
         std::equal(a.last_finite.begin(), a.last_finite.end(), b.last_finite.begin(),
                    b.last_finite.end(), SameArtifact);
}

bool IsTerminal(v1::TrialState state) {
  return state != v1::TRIAL_STATE_PENDING && state != v1::TRIAL_STATE_RUNNING;
}

bool AllFinished(const TrialStatus& trial) {
  return std::all_of(trial.finished.begin(), trial.finished.end(),
                     [](const auto& finished) { return finished.has_value(); });
}

const v1::Artifact* FindArtifact(const v1::TrainerFinished& finished, v1::ArtifactKind kind) {
  for (const v1::Artifact& artifact : finished.artifacts()) {
    if (artifact.kind() == kind) return &artifact;
  }
  return nullptr;
}

}  // namespace gyrus

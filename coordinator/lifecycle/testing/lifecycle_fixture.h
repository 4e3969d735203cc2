// An experiment of two trials for the tests of this folder and its neighbours.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "coordinator/lifecycle/commands.h"
#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/testing/plan_fixture.h"

namespace gyrus {

inline constexpr char kTrialA[] = "T1w/train/r0/f0/s7";
inline constexpr char kTrialB[] = "T1w/train/r0/f1/s7";

// A plan of two folds over six samples; ranks 1, 2 and 4 give the same bits.
inline v1::Plan TwoTrials() {
  return *MakePlan(MakeSpec(2), std::vector{MakeTable(6)}, FakeNetworkCost);
}

inline v1::Reason MakeReason(v1::ReasonCode code, const std::string& message = "it happened") {
  v1::Reason reason;
  reason.set_code(code);
  reason.set_message(message);
  return reason;
}

inline std::vector<v1::Placement> Gang(uint32_t size) {
  std::vector<v1::Placement> gang;
  for (uint32_t slot = 0; slot < size; ++slot) {
    v1::Placement& placement = gang.emplace_back();
    placement.set_worker_id("worker-1");
    placement.set_incarnation(1);
    placement.set_slot(slot);
  }
  return gang;
}

// The report of rank `rank` at its end; `content` makes it differ from others.
inline v1::TrainerFinished Finished(uint32_t rank, const std::string& content = "") {
  v1::TrainerFinished finished;
  finished.set_seen_digest(Sha256Of(absl::StrCat("items", rank, content)));
  finished.set_served_set_digest(Sha256Of(absl::StrCat("served", rank, content)));
  if (rank != 0) return finished;
  finished.set_selected_epoch(2);
  for (const v1::ArtifactKind kind :
       {v1::ARTIFACT_KIND_WEIGHTS, v1::ARTIFACT_KIND_CHECKPOINT, v1::ARTIFACT_KIND_PREDICTIONS}) {
    v1::Artifact& artifact = *finished.add_artifacts();
    artifact.set_kind(kind);
    artifact.set_sha256(Sha256Of(absl::StrCat(v1::ArtifactKind_Name(kind), content)));
  }
  return finished;
}

}  // namespace gyrus

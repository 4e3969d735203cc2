// The results of an arm's networks, and of their ensemble, on items of external
// cohorts, which no fold has.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

struct MadeExternal {
  v1::ExternalResult result;  // Without its name in the run folder.
  // The predictions of the ensemble. Empty where the arm predicts neither a number
  // nor a class.
  std::vector<v1::Prediction> ensemble;
};

// `arm`: of each fold that is done, predictions and metrics of the plan's external
// items. INTERNAL: networks predicted other items.
absl::StatusOr<MadeExternal> MakeExternal(const v1::Plan& plan, const TestedArm& arm);

struct SharedEnsembles {
  std::vector<TestedArm> arms;  // Each with one fold, the ensemble's predictions.
  uint32_t networks = 0;        // In each.
};

// Uses only the folds that all of `arms` have, so that the ensembles have one size.
// INTERNAL: as above.
absl::StatusOr<SharedEnsembles> EnsemblesOfSharedFolds(absl::Span<const TestedArm> arms);

}  // namespace gyrus

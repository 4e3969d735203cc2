// Trials that end as if trainers had trained them, for tests and benchmarks with
// thousands of them.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/digest.h"
#include "common/status.h"
#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "coordinator/vault/vault.h"
#include "core/evaluate/predictions.h"
#include "gyrus/v1/checkpoint.pb.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// An experiment of `trials` trials: two folds, repeated, and as many arms as it
// takes. 10, or a multiple of 2 up to 2,000, or a multiple of 2,000.
inline v1::SubmitRequest RequestForTrials(int trials, const std::string& request_id = "request") {
  constexpr int kMaxRepeats = 1000;
  const int repeats = std::min(trials / 2, kMaxRepeats);
  v1::SubmitRequest request;
  request.set_request_id(request_id);
  *request.mutable_spec() = MakeSpec(2, repeats);
  const v1::Arm arm = request.spec().arms(0);
  for (int number = 1; number < trials / (2 * repeats); ++number) {
    v1::Arm& another = *request.mutable_spec()->add_arms() = arm;
    another.set_name(absl::StrCat(arm.name(), number));
  }
  return request;
}

inline absl::StatusOr<std::string> StoreInVault(Vault& vault, const std::string& bytes) {
  const std::string sha256 = Sha256Of(bytes);
  if (vault.Has(sha256)) return sha256;
  GYRUS_ASSIGN_OR_RETURN(VaultUpload upload, vault.NewUpload(sha256, bytes.size()));
  GYRUS_RETURN_IF_ERROR(upload.Append(bytes));
  GYRUS_RETURN_IF_ERROR(upload.Finish());
  return sha256;
}

template <typename Items>
std::vector<v1::Prediction> PredictHalf(const Items& items) {
  std::vector<v1::Prediction> predictions;
  for (const v1::Item& item : items) {
    v1::Prediction& prediction = predictions.emplace_back();
    prediction.set_item(item.id());
    prediction.set_target(item.target());
    prediction.set_prediction(1 + item.target() / 2);
  }
  return predictions;
}

// The one record of a rank that trained alone, with its artefacts in `vault`:
// predictions of half the target, and a checkpoint of the validation items.
inline absl::StatusOr<v1::SpooledRecord> FinishedRecord(Vault& vault, const v1::StartRank& start) {
  v1::SpooledRecord record;
  *record.mutable_rank() = start.rank();
  record.mutable_record()->set_sequence(1);
  v1::TrainerFinished& finished = *record.mutable_record()->mutable_finished();
  finished = Finished(0);
  v1::Checkpoint checkpoint;
  for (const v1::Prediction& prediction : PredictHalf(start.trial().validation_items())) {
    *checkpoint.add_golden() = prediction;
  }
  GYRUS_ASSIGN_OR_RETURN(
      const std::string predictions,
      FormatPredictions(start.trial().task(), PredictHalf(start.trial().test_items())));
  const std::string contents[] = {"weights", checkpoint.SerializeAsString(), predictions};
  for (int i = 0; i < 3; ++i) {
    GYRUS_ASSIGN_OR_RETURN(*finished.mutable_artifacts(i)->mutable_sha256(),
                           StoreInVault(vault, contents[i]));
  }
  return record;
}

}  // namespace gyrus

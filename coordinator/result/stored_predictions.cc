#include "coordinator/result/stored_predictions.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/status.h"
#include "core/evaluate/predictions.h"
#include "gyrus/v1/checkpoint.pb.h"

namespace gyrus {
namespace {

using Items = google::protobuf::RepeatedPtrField<v1::Item>;

absl::StatusOr<std::string> ReadObject(const std::string& sha256, const ResultSources& sources,
                                       absl::string_view what) {
  GYRUS_ASSIGN_OR_RETURN(std::string bytes, sources.object(sha256));
  if (Sha256Of(bytes) == sha256) return bytes;
  return absl::DataLossError(absl::StrCat("the stored ", what, " do not have their digest"));
}

// One for each item, in their order, and for no other.
template <typename Predictions>
absl::Status CheckItems(const Items& items, const Predictions& predictions,
                        absl::string_view what) {
  bool same = items.size() == predictions.size();
  for (int i = 0; same && i < items.size(); ++i) {
    same = predictions[i].item() == items[i].id() &&
           predictions[i].has_target() == items[i].has_target() &&
           predictions[i].target() == items[i].target();
  }
  if (same) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the stored predictions are not of the fold's ", what, " items"));
}

// From a file of predictions.
absl::StatusOr<std::vector<v1::Prediction>> PredictionsOf(const v1::Task& task, const Items& items,
                                                          const std::string& sha256,
                                                          absl::string_view what,
                                                          const ResultSources& sources) {
  GYRUS_ASSIGN_OR_RETURN(const std::string text, ReadObject(sha256, sources, "predictions"));
  GYRUS_ASSIGN_OR_RETURN(std::vector<v1::Prediction> predictions,
                         ParsePredictions(task, text, "the stored predictions"));
  GYRUS_RETURN_IF_ERROR(CheckItems(items, predictions, what));
  return predictions;
}

}  // namespace

absl::StatusOr<std::vector<v1::Prediction>> TestPredictions(const v1::TrialSpec& trial,
                                                            const std::string& sha256,
                                                            const ResultSources& sources) {
  return PredictionsOf(trial.task(), trial.test_items(), sha256, "test", sources);
}

absl::StatusOr<std::vector<v1::Prediction>> ExternalPredictions(const v1::TrialSpec& trial,
                                                                const std::string& sha256,
                                                                const ResultSources& sources) {
  return PredictionsOf(trial.task(), trial.external_items(), sha256, "external", sources);
}

absl::StatusOr<std::vector<v1::Prediction>> ValidationPredictions(const v1::TrialSpec& trial,
                                                                  const std::string& sha256,
                                                                  const ResultSources& sources) {
  // Golden predictions are then those of test items.
  if (trial.validation_items().empty()) return std::vector<v1::Prediction>();
  GYRUS_ASSIGN_OR_RETURN(const std::string bytes, ReadObject(sha256, sources, "weights' facts"));
  v1::Checkpoint checkpoint;
  if (!checkpoint.ParseFromString(bytes)) {
    return absl::DataLossError("the stored weights' facts are damaged");
  }
  const auto& golden = checkpoint.golden();
  GYRUS_RETURN_IF_ERROR(CheckItems(trial.validation_items(), golden, "validation"));
  return std::vector<v1::Prediction>(golden.begin(), golden.end());
}

}  // namespace gyrus

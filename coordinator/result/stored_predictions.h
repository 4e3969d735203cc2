// The predictions that a finished trial left, checked to be those of the trial's
// items.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/result/result_sources.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"

namespace gyrus {

// All: DATA_LOSS when the object is damaged, or is not of the trial's items.

// Predictions of the test items, from their file.
absl::StatusOr<std::vector<v1::Prediction>> TestPredictions(const v1::TrialSpec& trial,
                                                            const std::string& sha256,
                                                            const ResultSources& sources);

// Predictions of the external items, from their file.
absl::StatusOr<std::vector<v1::Prediction>> ExternalPredictions(const v1::TrialSpec& trial,
                                                                const std::string& sha256,
                                                                const ResultSources& sources);

// Predictions of the validation items by the selected weights, from the checkpoint.
// Empty where no item is held out for validation.
absl::StatusOr<std::vector<v1::Prediction>> ValidationPredictions(const v1::TrialSpec& trial,
                                                                  const std::string& sha256,
                                                                  const ResultSources& sources);

}  // namespace gyrus

// What a trial that is done has left of its predictions, and proof that it is
// of the trial's items.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/report/result_sources.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"

namespace gyrus {

// All: DATA_LOSS when the object is damaged, or is not of the trial's items.

// Of the test items, from the file of predictions.
absl::StatusOr<std::vector<v1::Prediction>> TestPredictions(const v1::TrialSpec& trial,
                                                            const std::string& sha256,
                                                            const ResultSources& sources);

// Of the external items, from theirs.
absl::StatusOr<std::vector<v1::Prediction>> ExternalPredictions(const v1::TrialSpec& trial,
                                                                const std::string& sha256,
                                                                const ResultSources& sources);

// Of the validation items by the weights that were kept, from their checkpoint.
// None where nothing is held out.
absl::StatusOr<std::vector<v1::Prediction>> ValidationPredictions(const v1::TrialSpec& trial,
                                                                  const std::string& sha256,
                                                                  const ResultSources& sources);

}  // namespace gyrus

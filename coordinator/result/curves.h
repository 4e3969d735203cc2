// The learning curves of an experiment, made of what the ledger has of its epochs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/result/make_result.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus {

// What is recorded of the epochs of a trial: by attempt, and then in the order in which
// they were trained.
using RecordedEpochs =
    std::function<absl::StatusOr<std::vector<v1::EpochPoint>>(const std::string& trial_id)>;

// One point for each epoch, in their order. Of an epoch that several attempts trained it
// is that of the newest.
std::vector<v1::EpochPoint> NewestPoints(const std::vector<v1::EpochPoint>& recorded);

// The curves of all trials, in the order of the plan.
//  * FAILED_PRECONDITION: it is not planned yet.
//  * The errors of `epochs`.
absl::StatusOr<v1::Curves> MakeCurves(const ExperimentMachine& machine,
                                      const RecordedEpochs& epochs);

// The table of the curves for the run folder: curves.tsv, in the experiment's folder.
ReadableFile CurvesFile(const ExperimentMachine& machine, const v1::Curves& curves);

}  // namespace gyrus

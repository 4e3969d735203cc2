#include "coordinator/result/curves.h"

#include <map>

#include "common/status.h"
#include "coordinator/result/run_folder_names.h"
#include "core/report/curves.h"

namespace gyrus {

std::vector<v1::EpochPoint> NewestPoints(const std::vector<v1::EpochPoint>& recorded) {
  std::map<uint32_t, const v1::EpochPoint*> newest;
  for (const v1::EpochPoint& point : recorded) {
    const v1::EpochPoint*& known = newest[point.epoch()];
    if (known == nullptr || known->attempt() <= point.attempt()) known = &point;
  }
  std::vector<v1::EpochPoint> points;
  for (const auto& [epoch, point] : newest) points.push_back(*point);
  return points;
}

absl::StatusOr<v1::Curves> MakeCurves(const ExperimentMachine& machine,
                                      const RecordedEpochs& epochs) {
  if (machine.planned() == nullptr) {
    return absl::FailedPreconditionError("the experiment is not planned yet");
  }
  v1::Curves curves;
  for (const TrialStatus& trial : machine.trials()) {
    v1::TrialCurve& curve = *curves.add_trials();
    curve.set_trial_id(trial.id);
    if (trial.attempt == 0) continue;
    GYRUS_ASSIGN_OR_RETURN(const std::vector<v1::EpochPoint> recorded, epochs(trial.id));
    for (const v1::EpochPoint& point : NewestPoints(recorded)) *curve.add_epochs() = point;
  }
  return curves;
}

ReadableFile CurvesFile(const ExperimentMachine& machine, const v1::Curves& curves) {
  return {CurvesFileOf(machine), FormatCurves(curves)};
}

}  // namespace gyrus

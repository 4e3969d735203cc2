#include "core/spec/stages.h"

#include <algorithm>

#include "core/spec/arm.h"
#include "core/spec/external.h"

namespace gyrus {
namespace {

constexpr char kOnlyStage[] = "train";

// External cohorts, which are only predicted, belong to the last stage.
void KeepCohorts(const v1::Stage& stage, bool last, v1::ExperimentSpec& spec) {
  const auto& named = stage.cohorts();
  const auto goes = [&](const v1::Cohort& cohort) {
    if (IsExternal(spec.evaluate(), cohort.name())) return !last;
    return !named.empty() && std::count(named.begin(), named.end(), cohort.name()) == 0;
  };
  auto& cohorts = *spec.mutable_cohorts();
  cohorts.erase(std::remove_if(cohorts.begin(), cohorts.end(), goes), cohorts.end());
}

}  // namespace

int StageCount(const v1::ExperimentSpec& spec) { return std::max(1, spec.stages_size()); }

std::string StageName(const v1::ExperimentSpec& spec, int stage) {
  return spec.stages().empty() ? kOnlyStage : spec.stages(stage).name();
}

v1::ExperimentSpec SpecOfStage(const v1::ExperimentSpec& spec, int number) {
  if (spec.stages().empty()) return spec;
  const v1::Stage& stage = spec.stages(number);
  v1::ExperimentSpec alone = spec;
  alone.clear_stages();
  const bool last = number + 1 == spec.stages_size();
  KeepCohorts(stage, last, alone);
  OverlayStage(stage, alone);
  if (number > 0 && stage.init().from_case() == v1::Init::FROM_NOT_SET) {
    // The experiment's own init is for its first stage.
    *alone.mutable_init() = stage.init();
    alone.mutable_init()->set_stage(spec.stages(number - 1).name());
  }
  if (!last) alone.clear_evaluate();  // Earlier stages have no test part.
  for (v1::Arm& arm : *alone.mutable_arms()) {
    if (!last) {
      arm.clear_task();
      arm.clear_train();
      arm.clear_init();
    }
    const bool own = last ? arm.channels().empty() : !stage.channels().empty();
    if (own) *arm.mutable_channels() = stage.channels();
  }
  return alone;
}

}  // namespace gyrus

// The defaults of an experiment: values that its file may leave out.
#pragma once

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Makes every optional value explicit; docs/experiment.md lists them. A value that
// is set stays. A part that an arm has of its own is merged over the experiment's
// and filled too; one that it does not have stays unset, and is the experiment's
// (see ResolveArm). With stages, recipe, model, task, train and init are filled in
// each stage instead (see SpecOfStage). Doing it twice is doing it once.
//
// Left as they are: values without a default (name, cohorts, the target,
// max_voxels), and Ratio.calibrate, whose absence means none, with a warning
// (core/spec/check/warnings.h).
void FillDefaults(v1::ExperimentSpec& spec);

}  // namespace gyrus

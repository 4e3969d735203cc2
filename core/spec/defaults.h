// What the operator left open.
#pragma once

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Makes every optional value explicit; docs/experiment.md lists them. What is
// set stays. An arm's part that is set is merged over the experiment's and
// filled too; one that is not set stays unset: it is the experiment's (see
// ResolveArm). With stages, recipe, model, task, train and init are filled in
// each of them instead (see SpecOfStage). Doing it twice is doing it once.
//
// Left as they are: what has no default (name, cohorts, the target, max_voxels)
// and Ratio.calibrate, whose absence means none, with a warning (warnings.h).
void FillDefaults(v1::ExperimentSpec& spec);

}  // namespace gyrus

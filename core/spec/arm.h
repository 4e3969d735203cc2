// An arm with all that it has from the experiment.
#pragma once

#include "google/protobuf/message.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The name, channels, recipe, model, task, train and init of `arm`: its own over the
// experiment's. `spec` with defaults filled (defaults.h) gives an arm that
// leaves nothing open. Shape, cost and world sizes are left to the plan.
v1::ArmPlan ResolveArm(const v1::ExperimentSpec& spec, const v1::Arm& arm);

// Writes the parts that `stage` has of its own over those of `spec`.
void OverlayStage(const v1::Stage& stage, v1::ExperimentSpec& spec);

// Writes what is set in `from` over `to`, of one type. A repeated field is
// replaced whole; of a oneof, another member replaces; a message that has a
// shorthand is one value and is replaced whole; other messages are merged.
void Overlay(const google::protobuf::Message& from, google::protobuf::Message& to);

}  // namespace gyrus

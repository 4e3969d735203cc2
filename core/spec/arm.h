// The arms of an experiment: one configuration each, which takes from the
// experiment whatever it does not say itself.
#pragma once

#include "google/protobuf/message.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The complete arm: name, channels, recipe, model, task, train and init of `arm`,
// merged over those of the experiment. Where the defaults of `spec` are filled
// (core/spec/defaults), nothing is left open. The plan adds shape, cost and world
// sizes.
v1::ArmPlan ResolveArm(const v1::ExperimentSpec& spec, const v1::Arm& arm);

// Merges the parts that `stage` has of its own over those of `spec`.
void OverlayStage(const v1::Stage& stage, v1::ExperimentSpec& spec);

// Merges what is set in `from` over `to`, which is of the same type. A repeated
// field, and a message that has a shorthand (it is one value), is replaced as a
// whole; in a oneof another member replaces the old one; other messages are merged.
void Overlay(const google::protobuf::Message& from, google::protobuf::Message& to);

}  // namespace gyrus

// What an arm trains on of each sample.
#pragma once

#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The slices that are items of their own, where train.item says so. The arm has
// its input shape, and its slices are within it.
v1::SliceViews TrainViews(const v1::ArmPlan& arm);

}  // namespace gyrus

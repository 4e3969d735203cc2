// Which items an arm trains on: each sample's whole volume, or its slices one by
// one.
#pragma once

#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The slices that are items of their own where train.item says so; otherwise none.
// The plan has set the arm's input shape, and its slices lie within it.
v1::SliceViews TrainViews(const v1::ArmPlan& arm);

}  // namespace gyrus

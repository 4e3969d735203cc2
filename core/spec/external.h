// External cohorts: those that every trained network predicts, but that no network
// is trained on.
#pragma once

#include "absl/strings/string_view.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Whether evaluate.external names the cohort.
bool IsExternal(const v1::Evaluate& evaluate, absl::string_view cohort);

}  // namespace gyrus

#include "core/report/state_name.h"

#include "absl/strings/strip.h"

namespace gyrus {

std::string NameOf(v1::ExperimentState state) {
  return std::string(absl::StripPrefix(v1::ExperimentState_Name(state), "EXPERIMENT_STATE_"));
}

std::string NameOf(v1::TrialState state) {
  return std::string(absl::StripPrefix(v1::TrialState_Name(state), "TRIAL_STATE_"));
}

std::string NameOf(v1::ReasonCode code) {
  return std::string(absl::StripPrefix(v1::ReasonCode_Name(code), "REASON_CODE_"));
}

}  // namespace gyrus

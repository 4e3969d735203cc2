#include "cli/exit_code.h"

namespace gyrus::cli {

ExitCode ExitCodeOf(const google::protobuf::RepeatedPtrField<v1::Reason>& reasons) {
  if (reasons.empty()) return kExitIncomplete;
  switch (reasons[0].code()) {
    case v1::REASON_CODE_BAD_SPEC:
    case v1::REASON_CODE_LEAK:
      return kExitUsage;
    case v1::REASON_CODE_BAD_DATA:
      return kExitData;
    case v1::REASON_CODE_LOADER_LOST:
      return kExitUnavailable;
    case v1::REASON_CODE_INTERNAL:
      return kExitInternal;
    default:
      return kExitIncomplete;
  }
}

ExitCode ExitCodeOf(const v1::ExperimentView& view) {
  switch (view.state()) {
    case v1::EXPERIMENT_STATE_VALID:
      return kExitValid;
    case v1::EXPERIMENT_STATE_INVALID:
      return ExitCodeOf(view.reasons());
    default:
      return kExitIncomplete;
  }
}

}  // namespace gyrus::cli

#include "cli/exit_code.h"

#include "common/reason/reason.h"
#include "gyrus/v1/ledger.pb.h"

namespace gyrus::cli {

ExitCode ExitCodeOf(const google::protobuf::RepeatedPtrField<v1::Reason>& reasons) {
  return reasons.empty() ? kExitIncomplete : ExitCodeFor(reasons[0].code());
}

ExitCode ExitCodeOf(const v1::ExperimentView& view) {
  switch (view.state()) {
    case v1::EXPERIMENT_STATE_VALID:
      return kExitSuccess;
    case v1::EXPERIMENT_STATE_INVALID:
      return ExitCodeOf(view.reasons());
    default:
      return kExitIncomplete;
  }
}

}  // namespace gyrus::cli

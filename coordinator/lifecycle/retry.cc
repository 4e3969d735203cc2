#include "coordinator/lifecycle/retry.h"

#include "common/reason/reason.h"

namespace gyrus {

bool CountsTowardsLimit(v1::ReasonCode code) {
  return ClassOf(code) != ReasonClass::kPassing || code == v1::REASON_CODE_TRAINER_EXITED;
}

}  // namespace gyrus

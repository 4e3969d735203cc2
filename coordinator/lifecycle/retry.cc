#include "coordinator/lifecycle/retry.h"

namespace gyrus {

bool IsTransient(v1::ReasonCode code) {
  switch (code) {
    case v1::REASON_CODE_PEER_LOST:
    case v1::REASON_CODE_LOADER_LOST:
    case v1::REASON_CODE_TRAINER_EXITED:
    case v1::REASON_CODE_WORKER_RESTARTED:
    case v1::REASON_CODE_COORDINATOR_RESTARTED:
      return true;
    default:
      return false;
  }
}

bool CountsTowardsLimit(v1::ReasonCode code) {
  return code != v1::REASON_CODE_WORKER_RESTARTED && code != v1::REASON_CODE_COORDINATOR_RESTARTED;
}

}  // namespace gyrus

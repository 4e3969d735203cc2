// Carries out one call of the method Watch: sends the view of an experiment after each
// change.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "common/executor.h"
#include "coordinator/runtime/status_store.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus {

// A slow client skips views; they never queue up for it. The call ends after the view
// of an experiment that has ended. The arguments must outlive the call.
grpc::ServerWriteReactor<v1::ExperimentView>* StartWatchStream(StatusStore& status_store,
                                                               const v1::ShowRequest& request,
                                                               Executor& executor);

}  // namespace gyrus

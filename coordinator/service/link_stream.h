// The coordinator's side of a link, the bidirectional stream of a worker.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "coordinator/runtime/worker_sessions.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// `sessions` must outlive the call.
grpc::ServerBidiReactor<v1::FromWorker, v1::ToWorker>* StartLinkStream(WorkerSessions& sessions);

}  // namespace gyrus

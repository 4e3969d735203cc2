// One Link call: the coordinator's end of a worker's stream.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "coordinator/service/conductor.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// `conductor` outlives the call.
grpc::ServerBidiReactor<v1::FromWorker, v1::ToWorker>* StartLinkStream(Conductor& conductor);

}  // namespace gyrus

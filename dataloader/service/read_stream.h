// Carries out one call of the method Read: sends the volumes that were asked for, in
// chunks.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "common/executor.h"
#include "dataloader/service/epoch_orders.h"
#include "dataloader/service/grants.h"
#include "dataloader/service/volume_provider.h"

namespace gyrus {

// Starts the reply to a serialized v1::ReadRequest. Several volumes are prepared at once
// on `executor`, and sent in the order of the request. All arguments but the request
// must outlive the call. The object that is returned deletes itself.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartReadStream(const grpc::ByteBuffer& request,
                                                            Grants& grants, EpochOrders& orders,
                                                            VolumeProvider& volumes,
                                                            Executor& executor);

}  // namespace gyrus

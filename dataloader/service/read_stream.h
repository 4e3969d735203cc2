// One Read call: volumes, slice by slice.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "common/executor.h"
#include "dataloader/service/epoch_orders.h"
#include "dataloader/service/grants.h"
#include "dataloader/service/volume_provider.h"

namespace gyrus {

// Answers a serialized v1::ReadRequest. Volumes are made on `executor`, several
// at once, and payload in the order asked for. The arguments outlive the call.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartReadStream(const grpc::ByteBuffer& request,
                                                            Grants& grants, EpochOrders& orders,
                                                            VolumeProvider& volumes,
                                                            Executor& executor);

}  // namespace gyrus

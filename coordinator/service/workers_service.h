// The gRPC service for workers and trainers. Its methods only call the Coordinator;
// workers.proto documents each of them.
#pragma once

#include "common/executor.h"
#include "coordinator/runtime/coordinator.h"
#include "gyrus/v1/workers.grpc.pb.h"

namespace gyrus {

// `coordinator` must outlive this; the server stops before it goes. Thread-safe.
class WorkersService final : public v1::Workers::CallbackService {
 public:
  explicit WorkersService(Coordinator& coordinator) : coordinator_(coordinator) {}

  grpc::ServerBidiReactor<v1::FromWorker, v1::ToWorker>* Link(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* Exchange(grpc::CallbackServerContext* context,
                                     const v1::ExchangeRequest* request,
                                     v1::ExchangeReply* reply) override;
  grpc::ServerReadReactor<v1::UploadChunk>* Upload(grpc::CallbackServerContext* context,
                                                   v1::UploadReply* reply) override;
  grpc::ServerWriteReactor<v1::DownloadChunk>* Download(
      grpc::CallbackServerContext* context, const v1::DownloadRequest* request) override;

 private:
  Coordinator& coordinator_;
  Executor disk_{2};  // Last, so that it is drained before the rest goes.
};

}  // namespace gyrus

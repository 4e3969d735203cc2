// The gRPC service for operators (submit, list, results). Its methods only call the
// Coordinator; experiments.proto documents each of them.
#pragma once

#include <memory>

#include "common/executor.h"
#include "coordinator/runtime/coordinator.h"
#include "coordinator/runtime/loaders.h"
#include "gyrus/v1/experiments.grpc.pb.h"

namespace gyrus {

// `coordinator` and `loaders` must outlive this; the server stops before it goes.
// Thread-safe.
class ExperimentsService final : public v1::Experiments::CallbackService {
 public:
  ExperimentsService(Coordinator& coordinator, Loaders& loaders)
      : coordinator_(coordinator), loaders_(loaders) {}

  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context,
                                   const v1::SubmitRequest* request,
                                   v1::SubmitReply* reply) override;
  grpc::ServerReadReactor<v1::UploadChunk>* UploadWeights(grpc::CallbackServerContext* context,
                                                          v1::UploadReply* reply) override;
  grpc::ServerWriteReactor<v1::MakePlanReply>* MakePlan(
      grpc::CallbackServerContext* context, const v1::MakePlanRequest* request) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListRequest* request, v1::ListReply* reply) override;
  grpc::ServerUnaryReactor* Show(grpc::CallbackServerContext* context,
                                 const v1::ShowRequest* request,
                                 v1::ExperimentView* reply) override;
  grpc::ServerWriteReactor<v1::ExperimentView>* Watch(grpc::CallbackServerContext* context,
                                                      const v1::ShowRequest* request) override;
  grpc::ServerUnaryReactor* Cancel(grpc::CallbackServerContext* context,
                                   const v1::CancelRequest* request,
                                   v1::CancelReply* reply) override;
  grpc::ServerUnaryReactor* Retry(grpc::CallbackServerContext* context,
                                  const v1::RetryRequest* request, v1::RetryReply* reply) override;
  grpc::ServerUnaryReactor* GetResult(grpc::CallbackServerContext* context,
                                      const v1::GetResultRequest* request,
                                      v1::Result* reply) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const v1::GetStatusRequest* request,
                                      v1::Status* reply) override;

 private:
  Coordinator& coordinator_;
  Loaders& loaders_;
  // Last, so that they are drained before the rest goes. A plan may take minutes and
  // a result seconds, and neither keeps the other calls waiting.
  Executor executor_{4};
  Executor planning_{2};
  Executor results_{2};
};

}  // namespace gyrus

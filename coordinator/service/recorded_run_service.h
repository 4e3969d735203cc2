// The questions of operators about a run folder that no coordinator serves.
#pragma once

#include "common/executor.h"
#include "coordinator/runtime/recorded_run.h"
#include "gyrus/v1/experiments.grpc.pb.h"

namespace gyrus {

// Answers List, Show, GetResult and GetCurves as a coordinator does. What would change
// something is refused with FAILED_PRECONDITION. `run` must outlive it; the server stops
// before it goes. Thread-safe.
class RecordedRunService final : public v1::Experiments::CallbackService {
 public:
  explicit RecordedRunService(const RecordedRun& run) : run_(run) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListRequest* request, v1::ListReply* reply) override;
  grpc::ServerUnaryReactor* Show(grpc::CallbackServerContext* context,
                                 const v1::ShowRequest* request,
                                 v1::ExperimentView* reply) override;
  grpc::ServerUnaryReactor* GetResult(grpc::CallbackServerContext* context,
                                      const v1::GetResultRequest* request,
                                      v1::Result* reply) override;
  grpc::ServerUnaryReactor* GetCurves(grpc::CallbackServerContext* context,
                                      const v1::GetCurvesRequest* request,
                                      v1::Curves* reply) override;
  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context,
                                   const v1::SubmitRequest* request,
                                   v1::SubmitReply* reply) override;
  grpc::ServerUnaryReactor* Cancel(grpc::CallbackServerContext* context,
                                   const v1::CancelRequest* request,
                                   v1::CancelReply* reply) override;

 private:
  const RecordedRun& run_;
  // Last, so that it is drained before the rest goes.
  Executor executor_{2};
};

}  // namespace gyrus

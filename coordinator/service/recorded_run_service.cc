#include "coordinator/service/recorded_run_service.h"

#include "common/rpc/server.h"
#include "common/status.h"

namespace gyrus {
namespace {

absl::Status Refusal() {
  return absl::FailedPreconditionError(
      "no coordinator serves the run folder; it can only be read now");
}

}  // namespace

grpc::ServerUnaryReactor* RecordedRunService::List(grpc::CallbackServerContext* context,
                                                   const v1::ListRequest*, v1::ListReply* reply) {
  return Handle(context, executor_, [this, reply]() -> absl::Status {
    for (v1::ExperimentView& view : run_.List()) *reply->add_experiments() = std::move(view);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* RecordedRunService::Show(grpc::CallbackServerContext* context,
                                                   const v1::ShowRequest* request,
                                                   v1::ExperimentView* reply) {
  return Handle(context, executor_, [this, request, reply]() -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(*reply, run_.View(request->experiment_id(), request->with_plan()));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* RecordedRunService::GetResult(grpc::CallbackServerContext* context,
                                                        const v1::GetResultRequest* request,
                                                        v1::Result* reply) {
  return Handle(context, executor_, [this, request, reply]() -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(*reply, run_.MakeResult(request->experiment_id()));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* RecordedRunService::GetCurves(grpc::CallbackServerContext* context,
                                                        const v1::GetCurvesRequest* request,
                                                        v1::Curves* reply) {
  return Handle(context, executor_, [this, request, reply]() -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(*reply, run_.MakeCurves(request->experiment_id()));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* RecordedRunService::Submit(grpc::CallbackServerContext* context,
                                                     const v1::SubmitRequest*, v1::SubmitReply*) {
  return Handle(context, executor_, [] { return Refusal(); });
}

grpc::ServerUnaryReactor* RecordedRunService::Cancel(grpc::CallbackServerContext* context,
                                                     const v1::CancelRequest*, v1::CancelReply*) {
  return Handle(context, executor_, [] { return Refusal(); });
}

}  // namespace gyrus

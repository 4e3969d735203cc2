#include "coordinator/service/experiments_service.h"

#include <utility>

#include "common/rpc/message_stream.h"
#include "common/rpc/server.h"
#include "common/status.h"
#include "common/version.h"
#include "coordinator/service/upload_stream.h"
#include "coordinator/service/watch_stream.h"
#include "core/spec/check/check.h"
#include "core/spec/defaults/defaults.h"

namespace gyrus {

grpc::ServerUnaryReactor* ExperimentsService::Submit(grpc::CallbackServerContext* context,
                                                     const v1::SubmitRequest* request,
                                                     v1::SubmitReply* reply) {
  return Handle(context, executor_, [this, request, reply]() -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(*reply->mutable_experiment_id(), coordinator_.Submit(*request));
    return absl::OkStatus();
  });
}

grpc::ServerReadReactor<v1::UploadChunk>* ExperimentsService::UploadWeights(
    grpc::CallbackServerContext*, v1::UploadReply*) {
  return StartUploadStream(coordinator_.vault(), executor_);
}

grpc::ServerWriteReactor<v1::MakePlanReply>* ExperimentsService::MakePlan(
    grpc::CallbackServerContext*, const v1::MakePlanRequest* request) {
  auto* const stream = new MessageStream<v1::MakePlanReply>();
  // Planning waits for loaders, so it runs on an executor and not on gRPC's thread.
  planning_.Run([this, stream, spec = request->spec()]() mutable {
    FillDefaults(spec);
    if (const absl::Status status = CheckExperiment(spec); !status.ok()) {
      stream->End(status);
      return;
    }
    auto outcome = coordinator_.planner().Make(spec, [stream](const v1::Admission& admission) {
      v1::MakePlanReply reply;
      *reply.mutable_progress() = admission;
      stream->Send(std::move(reply));
    });
    if (!outcome.ok()) {
      stream->End(outcome.status());
      return;
    }
    v1::MakePlanReply reply;
    if (outcome->plan.has_value()) *reply.mutable_plan() = *std::move(outcome->plan);
    for (v1::Reason& reason : outcome->reasons) {
      *reply.mutable_refusal()->add_reasons() = std::move(reason);
    }
    stream->Send(std::move(reply));
    stream->End(absl::OkStatus());
  });
  return stream;
}

grpc::ServerUnaryReactor* ExperimentsService::List(grpc::CallbackServerContext* context,
                                                   const v1::ListRequest*, v1::ListReply* reply) {
  return Handle(context, executor_, [this, reply]() -> absl::Status {
    for (v1::ExperimentView& view : coordinator_.status_store().List()) {
      *reply->add_experiments() = std::move(view);
    }
    for (v1::WorkerView& worker : coordinator_.status_store().Resting()) {
      *reply->add_resting() = std::move(worker);
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ExperimentsService::Show(grpc::CallbackServerContext* context,
                                                   const v1::ShowRequest* request,
                                                   v1::ExperimentView* reply) {
  return Handle(context, executor_, [this, request, reply]() -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(
        *reply, coordinator_.status_store().View(request->experiment_id(), request->with_plan()));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::ExperimentView>* ExperimentsService::Watch(
    grpc::CallbackServerContext*, const v1::ShowRequest* request) {
  return StartWatchStream(coordinator_.status_store(), *request, executor_);
}

grpc::ServerUnaryReactor* ExperimentsService::Cancel(grpc::CallbackServerContext* context,
                                                     const v1::CancelRequest* request,
                                                     v1::CancelReply*) {
  return Handle(context, executor_,
                [this, request] { return coordinator_.Cancel(request->experiment_id()); });
}

grpc::ServerUnaryReactor* ExperimentsService::Retry(grpc::CallbackServerContext* context,
                                                    const v1::RetryRequest* request,
                                                    v1::RetryReply* reply) {
  return Handle(context, executor_, [this, request, reply]() -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> opened, coordinator_.Retry(*request));
    reply->mutable_trial_ids()->Assign(opened.begin(), opened.end());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ExperimentsService::GetResult(grpc::CallbackServerContext* context,
                                                        const v1::GetResultRequest* request,
                                                        v1::Result* reply) {
  return Handle(context, results_, [this, request, reply]() -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(*reply, coordinator_.MakeResult(request->experiment_id()));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ExperimentsService::GetStatus(grpc::CallbackServerContext* context,
                                                        const v1::GetStatusRequest*,
                                                        v1::Status* reply) {
  return Handle(context, executor_, [this, reply]() -> absl::Status {
    reply->set_version(kVersion);
    for (v1::WorkerView& worker : coordinator_.status_store().Workers()) {
      *reply->add_workers() = std::move(worker);
    }
    for (const std::string& address : loaders_.KnownAddresses()) reply->add_loaders(address);
    return absl::OkStatus();
  });
}

}  // namespace gyrus

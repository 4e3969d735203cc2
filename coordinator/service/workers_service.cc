#include "coordinator/service/workers_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/status.h"
#include "coordinator/service/link_stream.h"
#include "coordinator/service/upload_stream.h"

namespace gyrus {

grpc::ServerBidiReactor<v1::FromWorker, v1::ToWorker>* WorkersService::Link(
    grpc::CallbackServerContext*) {
  return StartLinkStream(conductor_);
}

grpc::ServerUnaryReactor* WorkersService::Exchange(grpc::CallbackServerContext* context,
                                                   const v1::ExchangeRequest* request,
                                                   v1::ExchangeReply* reply) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const v1::RankId& rank = request->rank();
  const auto machine = conductor_.board().Machine(rank.experiment_id());
  const TrialStatus* const trial =
      machine == nullptr ? nullptr : machine->FindTrial(rank.trial_id());
  if (trial == nullptr || trial->attempt != rank.attempt() ||
      trial->state != v1::TRIAL_STATE_RUNNING) {
    reactor->Finish(ToGrpc(absl::AbortedError(
        absl::StrCat("attempt ", rank.attempt(), " of ", rank.trial_id(), " is over"))));
    return reactor;
  }
  // One that is wrong must not make the others wrong by coming first.
  if (request->world_size() != trial->gang.size()) {
    reactor->Finish(ToGrpc(absl::InvalidArgumentError(absl::StrCat(
        "a rank of ", request->world_size(), " meets a gang of ", trial->gang.size()))));
    return reactor;
  }
  conductor_.rendezvous().Come(*request,
                               [reactor, reply](absl::StatusOr<std::vector<std::string>> values) {
                                 if (values.ok()) {
                                   for (std::string& value : *values)
                                     reply->add_values(std::move(value));
                                 }
                                 reactor->Finish(ToGrpc(values.status()));
                               });
  return reactor;
}

grpc::ServerReadReactor<v1::UploadChunk>* WorkersService::Upload(grpc::CallbackServerContext*,
                                                                 v1::UploadReply*) {
  return StartUploadStream(conductor_.vault(), disk_);
}

}  // namespace gyrus

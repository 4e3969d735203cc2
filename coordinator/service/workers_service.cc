#include "coordinator/service/workers_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/status.h"
#include "coordinator/service/download_stream.h"
#include "coordinator/service/link_stream.h"
#include "coordinator/service/upload_stream.h"

namespace gyrus {
namespace {

// The number of ranks of the attempt. ABORTED: it has ended.
absl::StatusOr<size_t> GangOf(StatusStore& status_store, const v1::RankId& rank) {
  const auto machine = status_store.Machine(rank.experiment_id());
  const TrialStatus* const trial =
      machine == nullptr ? nullptr : machine->FindTrial(rank.trial_id());
  if (trial == nullptr || trial->attempt != rank.attempt() ||
      trial->state != v1::TRIAL_STATE_RUNNING) {
    return absl::AbortedError(
        absl::StrCat("attempt ", rank.attempt(), " of ", rank.trial_id(), " has ended"));
  }
  return trial->gang.size();
}

}  // namespace

grpc::ServerBidiReactor<v1::FromWorker, v1::ToWorker>* WorkersService::Link(
    grpc::CallbackServerContext*) {
  return StartLinkStream(coordinator_.sessions());
}

grpc::ServerUnaryReactor* WorkersService::Exchange(grpc::CallbackServerContext* context,
                                                   const v1::ExchangeRequest* request,
                                                   v1::ExchangeReply* reply) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const v1::RankId rank = request->rank();
  const auto gang = GangOf(coordinator_.status_store(), rank);
  if (!gang.ok()) {
    reactor->Finish(ToGrpc(gang.status()));
    return reactor;
  }
  // A rank that is wrong about the number must not make the others wrong by
  // arriving first.
  if (request->world_size() != *gang) {
    reactor->Finish(ToGrpc(absl::InvalidArgumentError(
        absl::StrCat("a rank of ", request->world_size(), " meets a gang of ", *gang))));
    return reactor;
  }
  coordinator_.rendezvous().Arrive(
      *request, [reactor, reply](absl::StatusOr<std::vector<std::string>> values) {
        if (values.ok()) {
          for (std::string& value : *values) reply->add_values(std::move(value));
        }
        reactor->Finish(ToGrpc(values.status()));
      });
  // Where the attempt ended after it was looked up, nobody else ends this round.
  if (!GangOf(coordinator_.status_store(), rank).ok()) {
    coordinator_.rendezvous().End(rank.experiment_id(), rank.trial_id(), rank.attempt());
  }
  return reactor;
}

grpc::ServerReadReactor<v1::UploadChunk>* WorkersService::Upload(grpc::CallbackServerContext*,
                                                                 v1::UploadReply*) {
  return StartUploadStream(coordinator_.vault(), disk_);
}

grpc::ServerWriteReactor<v1::DownloadChunk>* WorkersService::Download(
    grpc::CallbackServerContext*, const v1::DownloadRequest* request) {
  return StartDownloadStream(coordinator_.vault(), disk_, request->sha256());
}

}  // namespace gyrus

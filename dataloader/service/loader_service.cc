#include "dataloader/service/loader_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log.h"
#include "common/rpc/message_stream.h"
#include "common/rpc/status.h"
#include "dataloader/cohort/admission.h"
#include "dataloader/service/read_stream.h"

namespace gyrus {
namespace {

v1::AdmitReply ReplyTo(const Admission& admission) {
  v1::AdmitReply reply;
  if (admission.reasons.empty()) {
    *reply.mutable_table() = admission.cohort.table();
  } else {
    for (const v1::Reason& reason : admission.reasons) {
      *reply.mutable_refusal()->add_reasons() = reason;
    }
  }
  return reply;
}

}  // namespace

LoaderService::LoaderService(DataRoot root, std::unique_ptr<AdmittedCohorts> cohorts,
                             std::unique_ptr<VolumeCache> cache, std::string coordinator_key,
                             int threads)
    : root_(std::move(root)),
      cohorts_(std::move(cohorts)),
      cache_(std::move(cache)),
      grants_(std::move(coordinator_key)),
      volumes_(root_, *cohorts_, *cache_),
      images_(threads) {}

grpc::ServerWriteReactor<v1::AdmitReply>* LoaderService::Admit(grpc::CallbackServerContext*,
                                                               const v1::AdmitRequest* request) {
  auto* const stream = new MessageStream<v1::AdmitReply>();
  admissions_.Run([this, stream, request = *request] {
    auto admission = gyrus::Admit(request, root_, images_, [stream](int read, int total) {
      v1::AdmitReply reply;
      reply.mutable_progress()->set_images_read(read);
      reply.mutable_progress()->set_images_total(total);
      stream->Send(std::move(reply));
      return !stream->IsClosed();
    });
    absl::Status status = admission.status();
    const bool admitted = status.ok() && admission->reasons.empty() && !request.rows_only();
    if (admitted) status = cohorts_->Add(admission->cohort);
    if (status.ok() && !request.rows_only()) {
      LogInfo(absl::StrCat("cohort ", request.cohort().name(), ": ",
                           admission->cohort.table().samples_size(), " samples, ",
                           admission->reasons.size(), " refusals"));
    }
    if (status.ok()) stream->Send(ReplyTo(*admission));
    stream->End(status);
  });
  return stream;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* LoaderService::Read(grpc::CallbackServerContext*,
                                                                const grpc::ByteBuffer* request) {
  return StartReadStream(*request, grants_, orders_, volumes_, images_);
}

}  // namespace gyrus

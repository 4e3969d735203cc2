#include "coordinator/service/grpc_loaders.h"

#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "common/retry.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/status.h"
#include "gyrus/v1/loader.grpc.pb.h"

namespace gyrus {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(5);
constexpr absl::Duration kConnectSlice = absl::Milliseconds(200);
constexpr char kClosed[] = "the coordinator stops";

// The last reply of an admission.
absl::StatusOr<v1::AdmitReply> ReadAdmission(
    v1::DataLoader::Stub& stub, grpc::ClientContext& context, const v1::AdmitRequest& request,
    const std::function<void(const v1::Admission&)>& progress) {
  const auto stream = stub.Admit(&context, request);
  v1::AdmitReply reply;
  v1::AdmitReply last;
  while (stream->Read(&reply)) {
    if (reply.has_progress()) {
      v1::Admission admission;
      admission.set_images_read(reply.progress().images_read());
      admission.set_images_total(reply.progress().images_total());
      progress(admission);
    } else {
      last = std::move(reply);
    }
  }
  GYRUS_RETURN_IF_ERROR(FromGrpc(stream->Finish()));
  if (last.reply_case() == v1::AdmitReply::REPLY_NOT_SET) {
    return absl::InternalError("the loader ended its reply without a table or a refusal");
  }
  return last;
}

}  // namespace

GrpcLoaders::GrpcLoaders(LoaderOptions options, const Clock& clock)
    : start_patience_(options.start_patience),
      clock_(clock),
      addresses_(std::move(options.addresses)),
      address_file_(std::move(options.address_file)) {}

absl::Status GrpcLoaders::ReadAddressFile() {
  absl::MutexLock lock(&mu_);
  if (address_file_.empty()) return absl::OkStatus();
  const auto text = ReadFile(address_file_);
  if (!text.ok()) {
    return absl::UnavailableError(
        absl::StrCat("no loader has written its address to ", address_file_));
  }
  addresses_.emplace_back(absl::StripAsciiWhitespace(*text));
  address_file_.clear();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> GrpcLoaders::Addresses() {
  const RetryPolicy policy{
      .first_pause = kFirstPause, .longest_pause = kConnectSlice, .give_up_after = start_patience_};
  const absl::Status status = Retry(policy, clock_, closing_, [this] { return ReadAddressFile(); });
  if (!status.ok() && closing_.HasBeenNotified()) return absl::CancelledError(kClosed);
  GYRUS_RETURN_IF_ERROR(status);
  return KnownAddresses();
}

std::vector<std::string> GrpcLoaders::KnownAddresses() {
  ReadAddressFile().IgnoreError();  // It need not be there yet.
  absl::MutexLock lock(&mu_);
  return addresses_;
}

absl::StatusOr<v1::AdmitReply> GrpcLoaders::AdmitAt(
    const std::string& address, const v1::AdmitRequest& request,
    const std::function<void(const v1::Admission&)>& progress) {
  const auto channel = OpenChannel(address);
  // gRPC connects by itself meanwhile; each turn of the loop only looks whether
  // this object was closed.
  RetrySchedule schedule({.first_pause = absl::ZeroDuration(), .give_up_after = start_patience_},
                         clock_);
  while (!channel->WaitForConnected(absl::ToChronoTime(absl::Now() + kConnectSlice))) {
    if (closing_.HasBeenNotified()) return absl::CancelledError(kClosed);
    if (!schedule.NextPause().has_value()) {
      return absl::UnavailableError(absl::StrCat("no data loader replies at ", address));
    }
  }
  const auto stub = v1::DataLoader::NewStub(channel);
  grpc::ClientContext context;
  {
    absl::MutexLock lock(&mu_);
    if (closing_.HasBeenNotified()) return absl::CancelledError(kClosed);
    running_.insert(&context);
  }
  auto reply = ReadAdmission(*stub, context, request, progress);
  absl::MutexLock lock(&mu_);
  running_.erase(&context);
  if (closing_.HasBeenNotified()) return absl::CancelledError(kClosed);
  return reply;
}

void GrpcLoaders::Close() {
  absl::MutexLock lock(&mu_);
  if (!closing_.HasBeenNotified()) closing_.Notify();
  for (grpc::ClientContext* context : running_) context->TryCancel();
}

absl::StatusOr<AdmittedTable> GrpcLoaders::Admit(
    const v1::AdmitRequest& request, const std::function<void(const v1::Admission&)>& progress,
    std::vector<v1::Reason>& reasons) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> addresses, Addresses());
  absl::Status status = absl::FailedPreconditionError("this coordinator has no data loader");
  for (uint32_t i = 0; i < addresses.size(); ++i) {
    auto reply = AdmitAt(addresses[i], request, progress);
    if (reply.ok()) {
      for (const v1::Reason& reason : reply->refusal().reasons()) reasons.push_back(reason);
      return AdmittedTable{std::move(*reply->mutable_table()), i};
    }
    status = reply.status();
    // Another loader may have it: this one does not, or not under its data root.
    if (!absl::IsNotFound(status) && !absl::IsPermissionDenied(status)) break;
  }
  return Annotate(status, absl::StrCat("cohort ", request.cohort().name()));
}

}  // namespace gyrus

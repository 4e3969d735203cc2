#include "coordinator/service/loaders.h"

#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/status.h"
#include "gyrus/v1/loader.grpc.pb.h"

namespace gyrus {
namespace {

constexpr absl::Duration kStartPatience = absl::Seconds(30);
constexpr absl::Duration kPoll = absl::Milliseconds(5);
constexpr absl::Duration kLook = absl::Milliseconds(200);
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
    return absl::InternalError("the loader gave no answer");
  }
  return last;
}

}  // namespace

Loaders::Loaders(std::vector<std::string> addresses, std::string address_file)
    : addresses_(std::move(addresses)), address_file_(std::move(address_file)) {}

absl::StatusOr<std::vector<std::string>> Loaders::Addresses() {
  absl::MutexLock lock(&mu_);
  const absl::Time give_up = absl::Now() + kStartPatience;
  while (!address_file_.empty()) {
    const auto text = ReadFile(address_file_);
    if (text.ok()) {
      addresses_.emplace_back(absl::StripAsciiWhitespace(*text));
      address_file_.clear();
    } else if (absl::Now() > give_up) {
      return absl::UnavailableError(
          absl::StrCat("no loader has written its address to ", address_file_));
    } else if (mu_.AwaitWithTimeout(absl::Condition(&closed_), kPoll)) {
      return absl::CancelledError(kClosed);
    }
  }
  return addresses_;
}

absl::StatusOr<v1::AdmitReply> Loaders::AdmitAt(
    const std::string& address, const v1::AdmitRequest& request,
    const std::function<void(const v1::Admission&)>& progress) {
  const auto channel = OpenChannel(address);
  const absl::Time give_up = absl::Now() + kStartPatience;
  while (!channel->WaitForConnected(absl::ToChronoTime(absl::Now() + kLook))) {
    absl::MutexLock lock(&mu_);
    if (closed_) return absl::CancelledError(kClosed);
    if (absl::Now() > give_up) {
      return absl::UnavailableError(absl::StrCat("no data loader answers at ", address));
    }
  }
  const auto stub = v1::DataLoader::NewStub(channel);
  grpc::ClientContext context;
  {
    absl::MutexLock lock(&mu_);
    if (closed_) return absl::CancelledError(kClosed);
    running_.insert(&context);
  }
  auto reply = ReadAdmission(*stub, context, request, progress);
  absl::MutexLock lock(&mu_);
  running_.erase(&context);
  if (closed_) return absl::CancelledError(kClosed);
  return reply;
}

void Loaders::Close() {
  absl::MutexLock lock(&mu_);
  closed_ = true;
  for (grpc::ClientContext* context : running_) context->TryCancel();
}

absl::StatusOr<AdmittedTable> Loaders::Admit(
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
    // Another loader may have it: here it is not there, or not under the data root.
    if (!absl::IsNotFound(status) && !absl::IsPermissionDenied(status)) break;
  }
  return Annotate(status, absl::StrCat("cohort ", request.cohort().name()));
}

}  // namespace gyrus

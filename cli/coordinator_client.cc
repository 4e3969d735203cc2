#include "cli/coordinator_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/view_facts.h"
#include "common/clock.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/rpc/upload.h"
#include "common/status.h"
#include "gyrus/v1/experiments.grpc.pb.h"

namespace gyrus::cli {
namespace {

constexpr absl::Duration kAnswerLimit = absl::Minutes(1);
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(1);

// A stream that ended well without what it must end with.
grpc::Status CutShort() {
  return {grpc::StatusCode::UNAVAILABLE, "the coordinator ended the stream too early"};
}

}  // namespace

struct CoordinatorClient::Stub {
  std::unique_ptr<v1::Experiments::Stub> experiments;
};

CoordinatorClient::CoordinatorClient(std::string address, absl::Duration patience)
    : address_(std::move(address)),
      patience_(patience),
      stub_(std::make_unique<Stub>(Stub{v1::Experiments::NewStub(OpenChannel(address_))})) {}

CoordinatorClient::~CoordinatorClient() = default;

void CoordinatorClient::ResetDeadline() { give_up_ = SystemClock().Monotonic() + patience_; }

absl::Status CoordinatorClient::CallOnce(Attempt attempt) {
  grpc::ClientContext context;
  {
    absl::MutexLock lock(&mu_);
    if (abandoned_) return absl::CancelledError("abandoned");
    running_ = &context;
  }
  const absl::Status status = FromGrpc(attempt(context));
  absl::MutexLock lock(&mu_);
  running_ = nullptr;
  // A coordinator that stops cancels its calls.
  if (absl::IsCancelled(status) && !abandoned_) return absl::UnavailableError(status.message());
  return status;
}

absl::Status CoordinatorClient::Call(Attempt attempt) {
  ResetDeadline();
  for (absl::Duration pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    const absl::Status status = CallOnce(attempt);
    if (!absl::IsUnavailable(status)) return status;
    if (SystemClock().Monotonic() + pause > give_up_) {
      return absl::UnavailableError(
          absl::StrCat("cannot reach the coordinator at ", address_, ": ", status.message()));
    }
    absl::MutexLock lock(&mu_);
    mu_.AwaitWithTimeout(absl::Condition(&abandoned_), pause);
  }
}

void CoordinatorClient::Abandon() {
  absl::MutexLock lock(&mu_);
  abandoned_ = true;
  if (running_ != nullptr) running_->TryCancel();
}

absl::StatusOr<std::string> CoordinatorClient::Submit(const v1::SubmitRequest& request) {
  v1::SubmitReply reply;
  GYRUS_RETURN_IF_ERROR(Call([&](grpc::ClientContext& context) {
    SetTimeout(context, kAnswerLimit);
    return stub_->experiments->Submit(&context, request, &reply);
  }));
  return reply.experiment_id();
}

absl::Status CoordinatorClient::UploadWeights(absl::string_view sha256, absl::string_view bytes) {
  return Call([&](grpc::ClientContext& context) {
    v1::UploadReply reply;
    const auto stream = stub_->experiments->UploadWeights(&context, &reply);
    return SendFile(*stream, sha256, bytes, [this] { ResetDeadline(); });
  });
}

absl::StatusOr<std::variant<v1::Plan, v1::PlanRefusal>> CoordinatorClient::MakePlan(
    const v1::ExperimentSpec& spec, absl::FunctionRef<void(const v1::Admission&)> read) {
  v1::MakePlanRequest request;
  *request.mutable_spec() = spec;
  v1::MakePlanReply reply;
  GYRUS_RETURN_IF_ERROR(Call([&](grpc::ClientContext& context) {
    const auto stream = stub_->experiments->MakePlan(&context, request);
    reply.Clear();
    while (stream->Read(&reply)) {
      ResetDeadline();
      if (reply.has_progress()) read(reply.progress());
    }
    const grpc::Status status = stream->Finish();
    return status.ok() && !reply.has_plan() && !reply.has_refusal() ? CutShort() : status;
  }));
  if (reply.has_refusal()) return std::move(*reply.mutable_refusal());
  return std::move(*reply.mutable_plan());
}

absl::StatusOr<v1::ListReply> CoordinatorClient::List() {
  v1::ListReply reply;
  GYRUS_RETURN_IF_ERROR(Call([&](grpc::ClientContext& context) {
    SetTimeout(context, kAnswerLimit);
    return stub_->experiments->List(&context, {}, &reply);
  }));
  return reply;
}

absl::StatusOr<v1::ExperimentView> CoordinatorClient::Show(const std::string& id, bool with_plan) {
  v1::ShowRequest request;
  request.set_experiment_id(id);
  request.set_with_plan(with_plan);
  v1::ExperimentView view;
  GYRUS_RETURN_IF_ERROR(Call([&](grpc::ClientContext& context) {
    SetTimeout(context, kAnswerLimit);
    return stub_->experiments->Show(&context, request, &view);
  }));
  return view;
}

absl::StatusOr<v1::ExperimentView> CoordinatorClient::Watch(
    const std::string& id, absl::FunctionRef<bool(const v1::ExperimentView&)> seen) {
  v1::ShowRequest request;
  request.set_experiment_id(id);
  v1::ExperimentView last;
  GYRUS_RETURN_IF_ERROR(Call([&](grpc::ClientContext& context) {
    const auto stream = stub_->experiments->Watch(&context, request);
    v1::ExperimentView view;
    while (stream->Read(&view)) {
      ResetDeadline();
      last = view;
      if (!seen(view)) {
        context.TryCancel();
        stream->Finish();
        return grpc::Status::OK;
      }
    }
    const grpc::Status status = stream->Finish();
    return status.ok() && !HasEnded(last) ? CutShort() : status;
  }));
  return last;
}

absl::Status CoordinatorClient::Cancel(const std::string& id) {
  v1::CancelRequest request;
  request.set_experiment_id(id);
  return Call([&](grpc::ClientContext& context) {
    SetTimeout(context, kAnswerLimit);
    v1::CancelReply reply;
    return stub_->experiments->Cancel(&context, request, &reply);
  });
}

absl::StatusOr<v1::Result> CoordinatorClient::GetResult(const std::string& id) {
  v1::GetResultRequest request;
  request.set_experiment_id(id);
  v1::Result result;
  GYRUS_RETURN_IF_ERROR(Call([&](grpc::ClientContext& context) {
    SetTimeout(context, kAnswerLimit);
    return stub_->experiments->GetResult(&context, request, &result);
  }));
  return result;
}

}  // namespace gyrus::cli

#include "cli/coordinator_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/view_facts.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/rpc/upload.h"
#include "common/status.h"
#include "gyrus/v1/experiments.grpc.pb.h"

namespace gyrus::cli {
namespace {

// A stream that ended without an error, but also without its last message.
grpc::Status EndedTooEarly() {
  return {grpc::StatusCode::UNAVAILABLE, "the coordinator ended the stream too early"};
}

RetryPolicy PolicyOf(const ClientTimeouts& timeouts) {
  return {.first_pause = absl::Milliseconds(50),
          .longest_pause = absl::Seconds(1),
          .give_up_after = timeouts.patience};
}

}  // namespace

struct CoordinatorClient::Stub {
  std::unique_ptr<v1::Experiments::Stub> experiments;
};

CoordinatorClient::CoordinatorClient(std::string address, const ClientTimeouts& timeouts,
                                     const Clock& clock)
    : address_(std::move(address)),
      timeouts_(timeouts),
      clock_(clock),
      stub_(std::make_unique<Stub>(Stub{v1::Experiments::NewStub(OpenChannel(address_))})),
      schedule_(PolicyOf(timeouts), clock) {}

CoordinatorClient::~CoordinatorClient() = default;

absl::Status CoordinatorClient::CallOnce(Attempt attempt) {
  grpc::ClientContext context;
  {
    absl::MutexLock lock(&mu_);
    if (abandoned_.HasBeenNotified()) return absl::CancelledError("abandoned");
    running_ = &context;
  }
  const absl::Status status = FromGrpc(attempt(context));
  absl::MutexLock lock(&mu_);
  running_ = nullptr;
  // A coordinator that stops cancels its calls; the next one may answer.
  if (absl::IsCancelled(status) && !abandoned_.HasBeenNotified()) {
    return absl::UnavailableError(status.message());
  }
  return status;
}

// Every method may be repeated safely, so a coordinator that is restarting is waited for
// instead of failing the command.
absl::Status CoordinatorClient::Call(Attempt attempt) {
  schedule_.Reset();
  while (true) {
    const absl::Status status = CallOnce(attempt);
    if (!absl::IsUnavailable(status)) return status;
    const auto pause = schedule_.NextPause();
    if (!pause.has_value()) {
      const std::string limit =
          timeouts_.patience > absl::ZeroDuration()
              ? absl::StrCat(" for ", absl::FormatDuration(timeouts_.patience), " (--patience)")
              : "";
      return absl::UnavailableError(absl::StrCat("cannot reach the coordinator at ", address_,
                                                 limit, ": ", status.message()));
    }
    if (clock_.WaitFor(*pause, abandoned_)) return absl::CancelledError("abandoned");
  }
}

absl::Status CoordinatorClient::CallForReply(Attempt attempt) {
  const absl::Status status = Call([&](grpc::ClientContext& context) {
    SetTimeout(context, timeouts_.reply);
    return attempt(context);
  });
  if (!absl::IsDeadlineExceeded(status)) return status;
  return absl::DeadlineExceededError(
      absl::StrCat("the coordinator at ", address_, " did not reply within ",
                   absl::FormatDuration(timeouts_.reply), " (--reply-timeout)"));
}

void CoordinatorClient::Abandon() {
  absl::MutexLock lock(&mu_);
  if (!abandoned_.HasBeenNotified()) abandoned_.Notify();
  if (running_ != nullptr) running_->TryCancel();
}

absl::StatusOr<std::string> CoordinatorClient::Submit(const v1::SubmitRequest& request) {
  v1::SubmitReply reply;
  GYRUS_RETURN_IF_ERROR(CallForReply([&](grpc::ClientContext& context) {
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
    const v1::ExperimentSpec& spec, absl::FunctionRef<void(const v1::Admission&)> progress) {
  v1::MakePlanRequest request;
  *request.mutable_spec() = spec;
  v1::MakePlanReply reply;
  GYRUS_RETURN_IF_ERROR(Call([&](grpc::ClientContext& context) {
    const auto stream = stub_->experiments->MakePlan(&context, request);
    reply.Clear();
    while (stream->Read(&reply)) {
      ResetDeadline();
      if (reply.has_progress()) progress(reply.progress());
    }
    const grpc::Status status = stream->Finish();
    return status.ok() && !reply.has_plan() && !reply.has_refusal() ? EndedTooEarly() : status;
  }));
  if (reply.has_refusal()) return std::move(*reply.mutable_refusal());
  return std::move(*reply.mutable_plan());
}

absl::StatusOr<v1::ListReply> CoordinatorClient::List() {
  v1::ListReply reply;
  GYRUS_RETURN_IF_ERROR(CallForReply([&](grpc::ClientContext& context) {
    return stub_->experiments->List(&context, {}, &reply);
  }));
  return reply;
}

absl::StatusOr<v1::ExperimentView> CoordinatorClient::Show(const std::string& id, bool with_plan) {
  v1::ShowRequest request;
  request.set_experiment_id(id);
  request.set_with_plan(with_plan);
  v1::ExperimentView view;
  GYRUS_RETURN_IF_ERROR(CallForReply([&](grpc::ClientContext& context) {
    return stub_->experiments->Show(&context, request, &view);
  }));
  return view;
}

absl::StatusOr<v1::ExperimentView> CoordinatorClient::Watch(
    const std::string& id, absl::FunctionRef<bool(const v1::ExperimentView&)> on_view) {
  v1::ShowRequest request;
  request.set_experiment_id(id);
  v1::ExperimentView last;
  GYRUS_RETURN_IF_ERROR(Call([&](grpc::ClientContext& context) {
    const auto stream = stub_->experiments->Watch(&context, request);
    v1::ExperimentView view;
    while (stream->Read(&view)) {
      ResetDeadline();
      last = view;
      if (!on_view(view)) {
        context.TryCancel();
        stream->Finish();
        return grpc::Status::OK;
      }
    }
    const grpc::Status status = stream->Finish();
    return status.ok() && !HasEnded(last) ? EndedTooEarly() : status;
  }));
  return last;
}

absl::Status CoordinatorClient::Cancel(const std::string& id) {
  v1::CancelRequest request;
  request.set_experiment_id(id);
  return CallForReply([&](grpc::ClientContext& context) {
    v1::CancelReply reply;
    return stub_->experiments->Cancel(&context, request, &reply);
  });
}

absl::StatusOr<std::vector<std::string>> CoordinatorClient::Retry(
    const std::string& id, const std::vector<std::string>& trials) {
  v1::RetryRequest request;
  request.set_experiment_id(id);
  request.mutable_trial_ids()->Assign(trials.begin(), trials.end());
  v1::RetryReply reply;
  GYRUS_RETURN_IF_ERROR(CallForReply([&](grpc::ClientContext& context) {
    return stub_->experiments->Retry(&context, request, &reply);
  }));
  return std::vector<std::string>(reply.trial_ids().begin(), reply.trial_ids().end());
}

absl::StatusOr<v1::Result> CoordinatorClient::GetResult(const std::string& id) {
  v1::GetResultRequest request;
  request.set_experiment_id(id);
  v1::Result result;
  GYRUS_RETURN_IF_ERROR(CallForReply([&](grpc::ClientContext& context) {
    return stub_->experiments->GetResult(&context, request, &result);
  }));
  return result;
}

}  // namespace gyrus::cli

// The calls that the commands of `gyrus` make to a coordinator. Each is tried again
// for a while when the coordinator cannot be reached, so that a coordinator that is
// just starting, or starting again, does not end a command.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/retry.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/result.pb.h"

namespace grpc {
class ClientContext;
class Status;
}  // namespace grpc

namespace gyrus::cli {

struct ClientTimeouts {
  // How long a call goes on trying without any message from the coordinator.
  // Zero: the first failure counts. Option: --patience.
  absl::Duration patience;
  // How long a coordinator that was reached may take for its reply, where one
  // reply is all there is. Option: --reply-timeout.
  absl::Duration reply = absl::Minutes(1);
};

// Every call has the errors that experiments.proto promises, and besides:
//  * UNAVAILABLE: no coordinator could be reached for `patience`; the message has
//    the address and the option.
//  * DEADLINE_EXCEEDED: no reply came within `reply`; the message has the option.
//  * CANCELLED: Abandon() was called.
//
// One thread makes the calls; Abandon() may be called from any other.
class CoordinatorClient {
 public:
  // Connects to `address` (HOST:PORT) when the first call is made. `clock` must
  // outlive this.
  CoordinatorClient(std::string address, const ClientTimeouts& timeouts,
                    const Clock& clock = SystemClock());
  ~CoordinatorClient();

  // Returns the id of the experiment.
  absl::StatusOr<std::string> Submit(const v1::SubmitRequest& request);
  // Stores `bytes` under their digest. If the coordinator has them already, the
  // transfer ends early.
  absl::Status UploadWeights(absl::string_view sha256, absl::string_view bytes);
  // Calls `progress` as often as the loaders report how many images they have read.
  absl::StatusOr<std::variant<v1::Plan, v1::PlanRefusal>> MakePlan(
      const v1::ExperimentSpec& spec, absl::FunctionRef<void(const v1::Admission&)> progress);
  absl::StatusOr<v1::ListReply> List();
  absl::StatusOr<v1::ExperimentView> Show(const std::string& id, bool with_plan);
  // Calls `on_view` with each view until it returns false or the experiment has
  // ended. Returns the last view.
  absl::StatusOr<v1::ExperimentView> Watch(
      const std::string& id, absl::FunctionRef<bool(const v1::ExperimentView&)> on_view);
  absl::Status Cancel(const std::string& id);
  // Opens failed trials: those that are named, or all. Returns those that were opened.
  absl::StatusOr<std::vector<std::string>> Retry(const std::string& id,
                                                 const std::vector<std::string>& trials);
  absl::StatusOr<v1::Result> GetResult(const std::string& id);

  // Ends the call that is in progress, and every later call, with CANCELLED. May be
  // called more than once.
  void Abandon() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Stub;  // Keeps gRPC's generated service out of this header.
  using Attempt = absl::FunctionRef<grpc::Status(grpc::ClientContext&)>;

  // Makes one attempt after another until one is not UNAVAILABLE.
  absl::Status Call(Attempt attempt);
  // The same for a call with one reply, which has a time limit.
  absl::Status CallForReply(Attempt attempt);
  absl::Status CallOnce(Attempt attempt) ABSL_LOCKS_EXCLUDED(mu_);
  // Called when a message has arrived: the patience begins anew.
  void ResetDeadline() { schedule_.Reset(); }

  const std::string address_;
  const ClientTimeouts timeouts_;
  const Clock& clock_;
  const std::unique_ptr<Stub> stub_;
  RetrySchedule schedule_;

  absl::Notification abandoned_;
  absl::Mutex mu_;
  grpc::ClientContext* running_ ABSL_GUARDED_BY(mu_) = nullptr;
};

}  // namespace gyrus::cli

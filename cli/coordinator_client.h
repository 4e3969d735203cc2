// Calls to a coordinator.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/result.pb.h"

namespace grpc {
class ClientContext;
class Status;
}  // namespace grpc

namespace gyrus::cli {

// Every call returns what experiments.proto promises, and:
//  * UNAVAILABLE: nobody answered for `patience`; names the address.
//  * DEADLINE_EXCEEDED: somebody did not answer for a minute, where one answer is
//    all there is.
//  * CANCELLED: Abandon() was called.
//
// One thread calls; Abandon() is for any other.
class CoordinatorClient {
 public:
  // Connects when first used. A call that finds nobody, or loses its stream, is
  // made again until `patience` has passed without a word from the coordinator.
  CoordinatorClient(std::string address, absl::Duration patience);
  ~CoordinatorClient();

  // The id of the experiment.
  absl::StatusOr<std::string> Submit(const v1::SubmitRequest& request);
  // Stores `bytes` under their digest; known ones are not sent whole.
  absl::Status UploadWeights(absl::string_view sha256, absl::string_view bytes);
  // `read` is told how far the loaders are.
  absl::StatusOr<std::variant<v1::Plan, v1::PlanRefusal>> MakePlan(
      const v1::ExperimentSpec& spec, absl::FunctionRef<void(const v1::Admission&)> read);
  absl::StatusOr<v1::ListReply> List();
  absl::StatusOr<v1::ExperimentView> Show(const std::string& id, bool with_plan);
  // Calls `seen` with each view until it returns false or the experiment has
  // ended. The last view.
  absl::StatusOr<v1::ExperimentView> Watch(const std::string& id,
                                           absl::FunctionRef<bool(const v1::ExperimentView&)> seen);
  absl::Status Cancel(const std::string& id);
  absl::StatusOr<v1::Result> GetResult(const std::string& id);

  // Ends the call that runs, and each later one.
  void Abandon() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Stub;  // Keeps gRPC's service out of this header.
  using Attempt = absl::FunctionRef<grpc::Status(grpc::ClientContext&)>;

  absl::Status Call(Attempt attempt);
  absl::Status CallOnce(Attempt attempt) ABSL_LOCKS_EXCLUDED(mu_);
  // Starts the patience anew.
  void ResetDeadline();

  const std::string address_;
  const absl::Duration patience_;
  const std::unique_ptr<Stub> stub_;
  absl::Duration give_up_;  // Clock::Monotonic

  absl::Mutex mu_;
  bool abandoned_ ABSL_GUARDED_BY(mu_) = false;
  grpc::ClientContext* running_ ABSL_GUARDED_BY(mu_) = nullptr;
};

}  // namespace gyrus::cli

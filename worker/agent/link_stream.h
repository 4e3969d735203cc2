// One connection of the link, the bidirectional stream between a worker and the
// coordinator.
#pragma once

#include <grpcpp/grpcpp.h>

#include <deque>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "gyrus/v1/workers.grpc.pb.h"

namespace gyrus {

// At most one write is in flight; further messages wait in an outbox. The callbacks
// run on gRPC's threads: one call for each message, then one call with the status
// with which the stream ended. Thread-safe.
class LinkStream final : public grpc::ClientBidiReactor<v1::FromWorker, v1::ToWorker> {
 public:
  LinkStream(v1::Workers::StubInterface& coordinator, std::function<void(v1::ToWorker)> on_message,
             std::function<void(absl::Status)> on_end);
  // Breaks the stream and waits for its end.
  ~LinkStream() override;

  // Queues a message and never blocks. The message is lost when the stream has ended.
  void Send(v1::FromWorker message) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  void Pump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::function<void(v1::ToWorker)> on_message_;
  const std::function<void(absl::Status)> on_end_;
  grpc::ClientContext context_;
  v1::ToWorker incoming_;

  absl::Mutex mu_;
  std::deque<v1::FromWorker> outbox_ ABSL_GUARDED_BY(mu_);  // The first is being written.
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool broken_ ABSL_GUARDED_BY(mu_) = false;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace gyrus

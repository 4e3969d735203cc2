// The server's side of a stream of messages, fed from any thread.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/status.h"

namespace gyrus {

// One write in flight; what is sent meanwhile waits in order. Frees itself once
// the call is over and End was called. Thread-safe.
template <typename Message>
class MessageStream final : public grpc::ServerWriteReactor<Message> {
 public:
  // Never blocks. Dropped once the client has gone.
  void Send(Message message) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (closed_) return;
    outbox_.push_back(std::move(message));
    Pump();
  }

  // Nothing is sent after this; call it once, also when the client has gone.
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_) {
    bool last = false;
    {
      absl::MutexLock lock(&mu_);
      ended_ = true;
      status_ = status;
      Pump();
      last = done_;
    }
    if (last) delete this;
  }

  // True once nobody listens any more.
  bool IsClosed() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return closed_;
  }

 private:
  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    outbox_.pop_front();
    if (!ok) LeaveLocked();
    Pump();
  }
  void OnCancel() override {
    absl::MutexLock lock(&mu_);
    LeaveLocked();
    Pump();
  }
  void OnDone() override {
    bool last = false;
    {
      absl::MutexLock lock(&mu_);
      done_ = true;
      closed_ = true;
      last = ended_;
    }
    if (last) delete this;
  }

  void LeaveLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    closed_ = true;
    while (outbox_.size() > (writing_ ? 1 : 0)) outbox_.pop_back();
  }

  void Pump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (writing_ || finished_) return;
    if (!outbox_.empty()) {
      writing_ = true;
      this->StartWrite(&outbox_.front());
    } else if (ended_ || closed_) {
      finished_ = true;
      this->Finish(ToGrpc(ended_ ? status_ : absl::CancelledError("the client went away")));
    }
  }

  mutable absl::Mutex mu_;
  std::deque<Message> outbox_ ABSL_GUARDED_BY(mu_);  // The first is being written.
  absl::Status status_ ABSL_GUARDED_BY(mu_);
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace gyrus

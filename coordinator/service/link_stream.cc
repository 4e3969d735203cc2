#include "coordinator/service/link_stream.h"

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/status.h"
#include "common/version.h"

namespace gyrus {
namespace {

constexpr uint32_t kMaxSlots = 1024;

// Messages are read one at a time and handed on at once: nothing that they
// cause blocks. One write in flight, an outbox behind it.
class LinkStream final : public grpc::ServerBidiReactor<v1::FromWorker, v1::ToWorker>,
                         public WorkerLink {
 public:
  explicit LinkStream(WorkerSessions& sessions) : sessions_(sessions) {}

  // Lives until the call has ended, and as long as somebody owns it.
  void Start(std::shared_ptr<LinkStream> self) {
    self_ = std::move(self);
    StartRead(&incoming_);
  }

  void Send(v1::ToWorker message) override {
    absl::MutexLock lock(&mu_);
    if (finished_) return;
    outbox_.push_back(std::move(message));
    Pump();
  }
  void Close(const absl::Status& why) override {
    absl::MutexLock lock(&mu_);
    FinishOnce(why);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Close(absl::OkStatus());
      return;
    }
    if (const absl::Status status = OnMessage(std::move(incoming_)); !status.ok()) Close(status);
    incoming_.Clear();
    StartRead(&incoming_);
  }
  void OnWriteDone(bool) override {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    outbox_.pop_front();
    if (!finished_) Pump();
  }
  void OnCancel() override { Close(absl::CancelledError("the worker went away")); }
  void OnDone() override {
    if (!worker_id_.empty()) sessions_.OnDisconnected(this, worker_id_);
    self_.reset();
  }

 private:
  absl::Status OnMessage(v1::FromWorker message) {
    if (message.has_hello()) return OnHello(std::move(*message.mutable_hello()));
    if (worker_id_.empty())
      return absl::InvalidArgumentError("the first message of a worker is Hello");
    if (message.has_record()) {
      sessions_.OnRecord(self_, std::move(*message.mutable_record()));
    } else if (message.has_exited()) {
      sessions_.OnExited(message.exited());
    } else if (message.has_waiting()) {
      sessions_.OnWaiting(message.waiting());
    }
    return absl::OkStatus();
  }

  absl::Status OnHello(v1::Hello hello) {
    if (hello.protocol_major() != kProtocolMajor) {
      return absl::FailedPreconditionError(
          absl::StrCat("the worker (", hello.build(), ") speaks protocol ", hello.protocol_major(),
                       ", this coordinator (", kVersion, ") speaks ", kProtocolMajor));
    }
    if (hello.worker_id().empty() || hello.slots() == 0 || hello.slots() > kMaxSlots) {
      return absl::InvalidArgumentError(
          absl::StrCat("a worker has an id and 1 to ", kMaxSlots, " slots"));
    }
    if (!worker_id_.empty()) return absl::InvalidArgumentError("a worker sends Hello once");
    worker_id_ = hello.worker_id();
    sessions_.OnHello(self_, std::move(hello));
    return absl::OkStatus();
  }

  void Pump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (writing_ || outbox_.empty()) return;
    writing_ = true;
    StartWrite(&outbox_.front());
  }
  void FinishOnce(const absl::Status& why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (finished_) return;
    finished_ = true;
    Finish(ToGrpc(why));
  }

  WorkerSessions& sessions_;
  std::shared_ptr<LinkStream> self_;
  v1::FromWorker incoming_;
  std::string worker_id_;  // Used on gRPC's reading thread.

  absl::Mutex mu_;
  std::deque<v1::ToWorker> outbox_ ABSL_GUARDED_BY(mu_);  // The first is being written.
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

grpc::ServerBidiReactor<v1::FromWorker, v1::ToWorker>* StartLinkStream(WorkerSessions& sessions) {
  auto stream = std::make_shared<LinkStream>(sessions);
  LinkStream* const reactor = stream.get();
  reactor->Start(std::move(stream));
  return reactor;
}

}  // namespace gyrus

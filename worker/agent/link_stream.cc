#include "worker/agent/link_stream.h"

#include <utility>

#include "common/rpc/status.h"

namespace gyrus {

LinkStream::LinkStream(v1::Workers::StubInterface& coordinator,
                       std::function<void(v1::ToWorker)> on_message,
                       std::function<void(absl::Status)> on_end)
    : on_message_(std::move(on_message)), on_end_(std::move(on_end)) {
  coordinator.async()->Link(&context_, this);
  // Writes are started from outside of reactions, until the stream is over.
  AddHold();
  StartRead(&incoming_);
  StartCall();
}

LinkStream::~LinkStream() {
  context_.TryCancel();
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&done_));
}

void LinkStream::Send(v1::FromWorker message) {
  absl::MutexLock lock(&mu_);
  if (broken_) return;
  outbox_.push_back(std::move(message));
  Pump();
}

void LinkStream::Pump() {
  if (writing_ || broken_ || outbox_.empty()) return;
  writing_ = true;
  StartWrite(&outbox_.front());
}

void LinkStream::OnWriteDone(bool ok) {
  absl::MutexLock lock(&mu_);
  writing_ = false;
  outbox_.pop_front();
  if (ok) Pump();
}

void LinkStream::OnReadDone(bool ok) {
  if (ok) {
    on_message_(std::move(incoming_));
    incoming_.Clear();
    StartRead(&incoming_);
    return;
  }
  {
    absl::MutexLock lock(&mu_);
    broken_ = true;
  }
  RemoveHold();
}

void LinkStream::OnDone(const grpc::Status& status) {
  on_end_(FromGrpc(status));
  absl::MutexLock lock(&mu_);
  done_ = true;
}

}  // namespace gyrus

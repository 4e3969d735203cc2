#include "coordinator/service/watch_stream.h"

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/status.h"

namespace gyrus {
namespace {

// Sends the view of an experiment whenever it changes. Changes that occur while a view is
// being sent are combined into the next one, so a slow client never delays the coordinator.
class WatchStream final : public grpc::ServerWriteReactor<v1::ExperimentView> {
 public:
  WatchStream(StatusStore& status_store, const v1::ShowRequest& request, Executor& executor)
      : status_store_(status_store), request_(request), executor_(executor) {}

  void Start() {
    subscription_ = status_store_.Subscribe(request_.experiment_id(), [this] { Changed(); });
    Changed();
  }

  void OnWriteDone(bool ok) override {
    {
      absl::MutexLock lock(&mu_);
      writing_ = false;
      if (!ok || is_terminal_) FinishOnce(absl::OkStatus());
    }
    Pump();
  }
  void OnCancel() override {
    absl::MutexLock lock(&mu_);
    FinishOnce(absl::CancelledError("the client went away"));
  }
  void OnDone() override {
    status_store_.Unsubscribe(subscription_);
    bool last = false;
    {
      absl::MutexLock lock(&mu_);
      done_ = true;
      last = pumps_ == 0;
    }
    if (last) delete this;
  }

 private:
  // Called by the status store, which must not be called back: the view is taken later.
  void Changed() {
    {
      absl::MutexLock lock(&mu_);
      changed_ = true;
    }
    Pump();
  }

  void Pump() {
    {
      absl::MutexLock lock(&mu_);
      if (writing_ || !changed_ || finished_) return;
      changed_ = false;
      writing_ = true;
      ++pumps_;
    }
    executor_.Run([this] { Write(); });
  }

  void Write() {
    auto view = status_store_.View(request_.experiment_id(), request_.with_plan());
    bool last = false;
    {
      absl::MutexLock lock(&mu_);
      if (!view.ok()) {
        FinishOnce(view.status());
      } else if (!finished_) {
        view_ = *std::move(view);
        is_terminal_ = view_.state() == v1::EXPERIMENT_STATE_VALID ||
                       view_.state() == v1::EXPERIMENT_STATE_INCOMPLETE ||
                       view_.state() == v1::EXPERIMENT_STATE_INVALID;
        StartWrite(&view_);
      }
      --pumps_;
      last = done_ && pumps_ == 0;
    }
    if (last) delete this;
  }

  void FinishOnce(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (finished_) return;
    finished_ = true;
    Finish(ToGrpc(status));
  }

  StatusStore& status_store_;
  const v1::ShowRequest request_;
  Executor& executor_;
  int64_t subscription_ = 0;
  v1::ExperimentView view_;  // Being written.

  absl::Mutex mu_;
  int pumps_ ABSL_GUARDED_BY(mu_) = 0;
  bool changed_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool is_terminal_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

grpc::ServerWriteReactor<v1::ExperimentView>* StartWatchStream(StatusStore& status_store,
                                                               const v1::ShowRequest& request,
                                                               Executor& executor) {
  auto* const stream = new WatchStream(status_store, request, executor);
  stream->Start();
  return stream;
}

}  // namespace gyrus

// The streams to the workers that are connected.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// The coordinator's end of one stream. Thread-safe.
class WorkerLink {
 public:
  virtual ~WorkerLink() = default;
  // Never blocks. The message is lost where the worker has gone away.
  virtual void Send(v1::ToWorker message) = 0;
  // Ends the stream.
  virtual void Close(const absl::Status& why) = 0;
};

// The newest link of each worker. Thread-safe.
class WorkerLinks {
 public:
  // Replaces an older link of the same worker, which is closed.
  void Add(const std::string& worker_id, std::shared_ptr<WorkerLink> link) ABSL_LOCKS_EXCLUDED(mu_);
  // Nothing happens where the worker has another link by now. Returns whether the
  // link was removed.
  bool Remove(const std::string& worker_id, const WorkerLink* link) ABSL_LOCKS_EXCLUDED(mu_);
  // The message is lost where the worker is not connected. Its next Hello shows
  // what it has not received.
  void Send(const std::string& worker_id, v1::ToWorker message) ABSL_LOCKS_EXCLUDED(mu_);
  void CloseAll(const absl::Status& why) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Mutex mu_;
  std::map<std::string, std::shared_ptr<WorkerLink>> links_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus

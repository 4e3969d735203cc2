// The streams to workers that are connected.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// One end of a link, as the coordinator uses it. Thread-safe.
class WorkerLink {
 public:
  virtual ~WorkerLink() = default;
  // Never blocks; lost when the worker has gone.
  virtual void Send(v1::ToWorker message) = 0;
  // Ends the stream.
  virtual void Close(const absl::Status& why) = 0;
};

// By worker. Thread-safe.
class Links {
 public:
  // Takes the place of an older link of the same worker, which is closed.
  void Add(const std::string& worker_id, std::shared_ptr<WorkerLink> link) ABSL_LOCKS_EXCLUDED(mu_);
  // Only if it is still that link; whether it was.
  bool Remove(const std::string& worker_id, const WorkerLink* link) ABSL_LOCKS_EXCLUDED(mu_);
  // Lost when the worker is not connected: its next Hello tells what it lacks.
  void Send(const std::string& worker_id, v1::ToWorker message) ABSL_LOCKS_EXCLUDED(mu_);
  void CloseAll(const absl::Status& why) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Mutex mu_;
  std::map<std::string, std::shared_ptr<WorkerLink>> links_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus

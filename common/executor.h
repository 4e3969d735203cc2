// Runs functions on threads of its own, in the order in which they are given. It keeps
// work that blocks away from threads that must not block, such as those of gRPC.
#pragma once

#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

namespace gyrus {

// A queue and a fixed number of threads. With one thread, functions run strictly one
// after the other. Thread-safe.
class Executor {
 public:
  explicit Executor(int threads);
  // Runs everything that is queued, then ends the threads.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Adds `work` to the queue; never blocks. Must not be called once destruction has
  // begun, except by work that is still running.
  void Run(absl::AnyInvocable<void()> work) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Loop() ABSL_LOCKS_EXCLUDED(mu_);
  bool HasWorkOrStops() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  absl::Mutex mu_;
  std::deque<absl::AnyInvocable<void()>> queue_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace gyrus

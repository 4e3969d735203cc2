// The data loaders of this coordinator.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/loader.pb.h"

namespace grpc {
class ClientContext;
}  // namespace grpc

namespace gyrus {

struct AdmittedTable {
  v1::SampleTable table;
  uint32_t loader = 0;  // Which loader has it, from 0.
};

// Thread-safe; calls block.
class Loaders {
 public:
  // `address_file` is where a loader that is being started will write its
  // address; empty for none. It is the last of the loaders.
  Loaders(std::vector<std::string> addresses, std::string address_file);

  // UNAVAILABLE: the loader that was to write its address has not. CANCELLED:
  // Close() was called meanwhile.
  absl::StatusOr<std::vector<std::string>> Addresses() ABSL_LOCKS_EXCLUDED(mu_);

  // Asks the loaders in turn until one has the cohort's manifest. Bad rows and
  // images go into `reasons`; then the table is empty.
  // Errors are those of DataLoader.Admit; UNAVAILABLE also where a loader cannot
  // be reached for half a minute. CANCELLED: Close() was called.
  absl::StatusOr<AdmittedTable> Admit(const v1::AdmitRequest& request,
                                      const std::function<void(const v1::Admission&)>& progress,
                                      std::vector<v1::Reason>& reasons) ABSL_LOCKS_EXCLUDED(mu_);

  // Ends the calls that run, and each later one.
  void Close() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::StatusOr<v1::AdmitReply> AdmitAt(const std::string& address,
                                         const v1::AdmitRequest& request,
                                         const std::function<void(const v1::Admission&)>& progress)
      ABSL_LOCKS_EXCLUDED(mu_);

  absl::Mutex mu_;
  std::vector<std::string> addresses_ ABSL_GUARDED_BY(mu_);
  std::string address_file_ ABSL_GUARDED_BY(mu_);
  std::set<grpc::ClientContext*> running_ ABSL_GUARDED_BY(mu_);
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace gyrus

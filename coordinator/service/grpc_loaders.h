// Calls the data loaders of this coordinator over gRPC.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/clock.h"
#include "coordinator/runtime/loaders.h"

namespace grpc {
class ClientContext;
}  // namespace grpc

namespace gyrus {

struct LoaderOptions {
  std::vector<std::string> addresses;
  // A file into which a loader that is being started will write its address. It is
  // the last of the loaders. It may be empty.
  std::string address_file;
  // How long to wait for a loader that starts or cannot be reached.
  absl::Duration start_patience = absl::Seconds(30);
};

// Thread-safe.
class GrpcLoaders final : public Loaders {
 public:
  explicit GrpcLoaders(LoaderOptions options, const Clock& clock = SystemClock());

  absl::StatusOr<std::vector<std::string>> Addresses() override ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<std::string> KnownAddresses() override ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<AdmittedTable> Admit(const v1::AdmitRequest& request,
                                      const std::function<void(const v1::Admission&)>& progress,
                                      std::vector<v1::Reason>& reasons) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void Close() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::StatusOr<v1::AdmitReply> AdmitAt(const std::string& address,
                                         const v1::AdmitRequest& request,
                                         const std::function<void(const v1::Admission&)>& progress)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Takes over the address of the loader that was being started, if it is there.
  // UNAVAILABLE: it is not.
  absl::Status ReadAddressFile() ABSL_LOCKS_EXCLUDED(mu_);

  const absl::Duration start_patience_;
  const Clock& clock_;
  absl::Notification closing_;
  absl::Mutex mu_;
  std::vector<std::string> addresses_ ABSL_GUARDED_BY(mu_);
  std::string address_file_ ABSL_GUARDED_BY(mu_);
  std::set<grpc::ClientContext*> running_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus

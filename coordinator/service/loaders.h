// The data loaders of this coordinator.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/loader.pb.h"

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

  // UNAVAILABLE: the loader that was to write its address has not.
  absl::StatusOr<std::vector<std::string>> Addresses() ABSL_LOCKS_EXCLUDED(mu_);

  // Asks the loaders in turn until one has the cohort's manifest. Bad rows and
  // images go into `reasons`; then the table is empty.
  // Errors are those of DataLoader.Admit.
  absl::StatusOr<AdmittedTable> Admit(const v1::AdmitRequest& request,
                                      const std::function<void(const v1::Admission&)>& progress,
                                      std::vector<v1::Reason>& reasons) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Mutex mu_;
  std::vector<std::string> addresses_ ABSL_GUARDED_BY(mu_);
  std::string address_file_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus

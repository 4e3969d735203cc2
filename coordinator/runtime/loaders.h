// The data loaders that a coordinator works with.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

struct AdmittedTable {
  v1::SampleTable table;
  uint32_t loader = 0;  // The loader that has it, counted from 0.
};

// Behind an interface so that planning can be tested, and measured, without a
// network; service/grpc_loaders.h has the real ones. Thread-safe.
class Loaders {
 public:
  virtual ~Loaders() = default;

  // Blocks while a loader is being started.
  //  * UNAVAILABLE: that loader has not come in time.
  //  * CANCELLED: Close() was called.
  virtual absl::StatusOr<std::vector<std::string>> Addresses() = 0;
  // Those that are known now. Never blocks.
  virtual std::vector<std::string> KnownAddresses() = 0;

  // Asks the loaders in turn until one has the manifest of the cohort. Blocks
  // while it reads the images. Bad rows and images go into `reasons`; then the
  // table is empty.
  //  * UNAVAILABLE: a loader cannot be reached.
  //  * CANCELLED: Close() was called.
  //  * the errors of DataLoader.Admit.
  virtual absl::StatusOr<AdmittedTable> Admit(
      const v1::AdmitRequest& request, const std::function<void(const v1::Admission&)>& progress,
      std::vector<v1::Reason>& reasons) = 0;

  // Ends the calls that run, and each later one.
  virtual void Close() = 0;
};

}  // namespace gyrus

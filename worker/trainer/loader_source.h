// Volumes from the data-loader service.
#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "worker/trainer/item_source.h"

namespace gyrus {

struct LoaderSourceOptions {
  v1::TrialSpec trial;
  v1::Grant grant;
  std::map<std::string, std::string> loaders;  // Cohort -> address.
  // How long a loader that cannot be reached is asked again.
  absl::Duration patience = absl::Seconds(60);
};

// Asks the loaders for positions in small windows, one window at a time, and
// keeps a few volumes ahead of the step loop. The loader keeps no state, so
// after a broken stream the rest of the window is asked for again.
//
// Queue and Next on one thread; streams run on gRPC's.
class LoaderSource final : public ItemSource {
 public:
  explicit LoaderSource(LoaderSourceOptions options);
  ~LoaderSource() override;

  void Queue(v1::Purpose purpose, uint32_t epoch, std::vector<uint32_t> positions) override;
  absl::StatusOr<LoadedItem> Next() override;
  std::string ServedSetDigest() const override;

 private:
  class Stream;
  struct Wanted {
    v1::Purpose purpose;
    uint32_t epoch;
    uint32_t position;
    std::string item;
  };

  // Starts a stream for the next window, if none runs and few are ready.
  void Fetch();
  std::string AddressOf(const std::string& item) const;
  grpc::GenericStub& StubFor(const std::string& address);
  const google::protobuf::RepeatedPtrField<v1::Item>& ItemsFor(v1::Purpose purpose) const;

  const LoaderSourceOptions options_;
  std::map<std::string, std::unique_ptr<grpc::GenericStub>> stubs_;
  std::deque<Wanted> wanted_;  // Asked for by Queue, not yet received.
  std::set<std::tuple<int, std::string, std::string>> served_;
  std::unique_ptr<Stream> stream_;  // The window on its way.
  size_t window_left_ = 0;          // Items of it not yet given to the loop.
};

}  // namespace gyrus

// Volumes from the data-loader service.
#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "worker/training/item_source.h"

namespace gyrus {

struct LoaderSourceOptions {
  v1::TrialSpec trial;
  v1::Grant grant;
  std::map<std::string, std::string> loaders;  // Cohort -> address.
  // How long a loader that cannot be reached is asked again.
  absl::Duration patience = absl::Seconds(60);
};

// Asks the loaders for positions in small windows. The next window is asked for
// while one is on its way, so a few volumes are always ahead of the step loop.
// The loader keeps no state, so after a broken stream what has not arrived is
// asked for again.
//
// Queue and Next on one thread; streams run on gRPC's.
class LoaderSource final : public ItemSource {
 public:
  explicit LoaderSource(LoaderSourceOptions options);
  ~LoaderSource() override;

  void Queue(v1::Purpose purpose, uint32_t epoch, std::vector<uint32_t> positions) override;
  void Drop() override;
  absl::StatusOr<LoadedItem> Next() override;

 private:
  class Stream;
  struct Wanted {
    v1::Purpose purpose;
    uint32_t epoch;
    uint32_t position;
    std::string item;
  };

  struct Window {
    std::unique_ptr<Stream> stream;
    size_t left;  // Items of it not yet given to the loop.
  };

  // Asks for windows until enough are on their way.
  void Fetch();
  // Asks for the positions from wanted_[first] on that one request can name.
  Window Ask(size_t first);
  // Items of one request: slices are as many as their volumes have.
  size_t TrainWindow() const;
  std::string AddressOf(const std::string& item) const;
  grpc::GenericStub& StubFor(const std::string& address);
  const google::protobuf::RepeatedPtrField<v1::Item>& ItemsFor(v1::Purpose purpose) const;

  const LoaderSourceOptions options_;
  std::map<std::string, std::unique_ptr<grpc::GenericStub>> stubs_;
  std::deque<Wanted> wanted_;  // What Queue named and the loop was not yet given.
  // On their way: the first items of wanted_, in its order.
  std::deque<Window> windows_;
};

}  // namespace gyrus

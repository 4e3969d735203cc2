// Streams the preprocessed volumes of a training from the data-loader service.
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
  // For how long requests to an unreachable loader are repeated.
  absl::Duration patience = absl::Seconds(60);
};

// Requests positions of an epoch from the loaders in small windows. The next window
// is requested while the current one arrives, so that a few volumes are always ready
// before the training needs them. The loader keeps no state of a stream: after a
// broken stream, the volumes that have not arrived are requested again.
//
// Queue and Next are called on one thread. The streams run on gRPC's threads.
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

  // Sends requests until enough windows are on their way.
  void Fetch();
  // Sends one request for as many positions from wanted_[first] on as it can hold.
  Window Ask(size_t first);
  // The number of items in one request. Where the items are slices, it is the number
  // of slices of a volume.
  size_t TrainWindow() const;
  std::string AddressOf(const std::string& item) const;
  grpc::GenericStub& StubFor(const std::string& address);
  const google::protobuf::RepeatedPtrField<v1::Item>& ItemsFor(v1::Purpose purpose) const;

  const LoaderSourceOptions options_;
  std::map<std::string, std::unique_ptr<grpc::GenericStub>> stubs_;
  std::deque<Wanted> wanted_;  // Queued, but not yet returned by Next().
  // The requests on their way. They cover the first items of wanted_, in its order.
  std::deque<Window> windows_;
};

}  // namespace gyrus

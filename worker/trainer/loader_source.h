// Streams the preprocessed volumes of a training from the data-loader service.
#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/retry.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/reason.pb.h"
#include "worker/training/item_source.h"

namespace gyrus {

struct LoaderSourceOptions {
  v1::TrialSpec trial;
  v1::Grant grant;
  std::map<std::string, std::string> loaders;  // Cohort -> address.
  // Between two requests to a loader that is away, and how long it may be away.
  RetryPolicy retry = {.first_pause = absl::Milliseconds(100),
                       .longest_pause = absl::Seconds(5),
                       .give_up_after = absl::Hours(1)};
  // After how long a wait an operator is to know of it.
  absl::Duration report_after = absl::Seconds(2);
  // Called on the thread of Next() when a wait has become so long, again when its
  // reason changes, and with a reason without a code when it is over. May be empty.
  std::function<void(const v1::Reason&)> waiting = {};
};

// Requests positions of an epoch from the loaders in small windows. The next window
// is requested while the current one arrives, so that a few volumes are always ready
// before the training needs them. The loader keeps no state of a stream: after a
// broken stream, the volumes that have not arrived are requested again.
// A loader that is away, or whose disk is full, delays the training and does not end
// it.
//
// Queue and Next are called on one thread. The streams run on gRPC's threads.
class LoaderSource final : public ItemSource {
 public:
  // `clock` must outlive it.
  explicit LoaderSource(LoaderSourceOptions options, const Clock& clock = SystemClock());
  ~LoaderSource() override;

  void Queue(v1::Purpose purpose, uint32_t epoch, std::vector<uint32_t> positions) override;
  void Drop() override;
  // Errors of the loader come with their reason (common/reason): LOADER_LOST where it
  // was away for too long.
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

  // The next item from the windows on their way; asks once.
  absl::StatusOr<LoadedItem> TakeNext();
  // Reports what is waited for; a reason without a code: nothing.
  void ReportWaiting(const v1::Reason& reason);
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
  const Clock& clock_;
  const absl::Notification never_stopped_;
  v1::Reason reported_;
  std::map<std::string, std::unique_ptr<grpc::GenericStub>> stubs_;
  std::deque<Wanted> wanted_;  // Queued, but not yet returned by Next().
  // The requests on their way. They cover the first items of wanted_, in its order.
  std::deque<Window> windows_;
};

}  // namespace gyrus

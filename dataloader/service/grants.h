// Decides which items a trainer may read: the coordinator signs a grant that lists them,
// and the loader checks it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "dataloader/service/epoch_orders.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

// Checks the signatures of grants, and refuses old attempts: once an attempt of a trial
// has read here, older attempts of that trial may not. Thread-safe.
class Grants {
 public:
  explicit Grants(std::string public_key) : public_key_(std::move(public_key)) {}

  // The content of a grant that the coordinator has signed for the newest attempt.
  // PERMISSION_DENIED: the signature is wrong. ABORTED: there is a newer attempt.
  absl::StatusOr<std::shared_ptr<const v1::GrantBody>> Check(const v1::Grant& grant)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::StatusOr<std::shared_ptr<const v1::GrantBody>> Verify(const v1::Grant& grant) const;

  const std::string public_key_;
  absl::Mutex mu_;
  // The grants that were checked last, by digest: an attempt makes many requests, but its
  // signature is checked once.
  std::map<std::string, std::shared_ptr<const v1::GrantBody>> known_ ABSL_GUARDED_BY(mu_);
  std::map<std::pair<std::string, std::string>, uint32_t> newest_ ABSL_GUARDED_BY(mu_);
};

// The item at one position of an epoch.
struct GrantedItem {
  std::string sample;             // The id of the sample.
  std::optional<uint32_t> slice;  // Along the axis of the grant; absent: the whole volume.
  std::string name;               // The name of the item.
};

// The items at the given positions of an epoch, if the grant permits them.
// PERMISSION_DENIED: the grant permits nothing for this purpose. OUT_OF_RANGE: the epoch
// has no such position.
absl::StatusOr<std::vector<GrantedItem>> ItemsAt(const v1::GrantBody& grant, v1::Purpose purpose,
                                                 uint32_t epoch,
                                                 absl::Span<const uint32_t> positions,
                                                 EpochOrders& orders);

}  // namespace gyrus

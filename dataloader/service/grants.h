// Who may read what.
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

// Checks grants against the coordinator's public key, and fences: once an
// attempt of a trial has read here, older ones may not. Thread-safe.
class Grants {
 public:
  explicit Grants(std::string public_key) : public_key_(std::move(public_key)) {}

  // The grant's body, if it is the coordinator's and not of an old attempt.
  // PERMISSION_DENIED, ABORTED: as v1::DataLoader.Read says.
  absl::StatusOr<std::shared_ptr<const v1::GrantBody>> Check(const v1::Grant& grant)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::StatusOr<std::shared_ptr<const v1::GrantBody>> Verify(const v1::Grant& grant) const;

  const std::string public_key_;
  absl::Mutex mu_;
  // The grants that were checked last, by digest, so that the many requests of
  // an attempt cost one signature.
  std::map<std::string, std::shared_ptr<const v1::GrantBody>> known_ ABSL_GUARDED_BY(mu_);
  std::map<std::pair<std::string, std::string>, uint32_t> newest_ ABSL_GUARDED_BY(mu_);
};

// What a position of an epoch stands for.
struct GrantedItem {
  std::string sample;             // Its id.
  std::optional<uint32_t> slice;  // Along the grant's axis; none: the whole volume.
  std::string name;               // Of the item.
};

// The items at positions of an epoch, if the grant permits them.
// PERMISSION_DENIED: nothing for this purpose. OUT_OF_RANGE: no such position.
absl::StatusOr<std::vector<GrantedItem>> ItemsAt(const v1::GrantBody& grant, v1::Purpose purpose,
                                                 uint32_t epoch,
                                                 absl::Span<const uint32_t> positions,
                                                 EpochOrders& orders);

}  // namespace gyrus

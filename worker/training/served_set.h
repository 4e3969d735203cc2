// The set of items that loaders have sent for a training, which proves that no other
// item was used.
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "gyrus/v1/resume.pb.h"
#include "worker/collective/collective.h"
#include "worker/training/item_source.h"

namespace gyrus {

// It is a set, so its digest does not depend on the order in which items came, on
// their repetition over epochs, or on the rank or attempt that received them. One
// thread.
class ServedSet {
 public:
  void Add(v1::Purpose purpose, const std::string& item, const std::string& volume_id);
  void Add(const google::protobuf::RepeatedPtrField<v1::ServedItem>& items);

  void AppendTo(google::protobuf::RepeatedPtrField<v1::ServedItem>& items) const;

  // SHA-256 over (purpose, item, volume id) of the items of all ranks, sorted. All
  // ranks call it together. Errors are those of Collective; INTERNAL: a rank's are
  // damaged.
  absl::StatusOr<std::string> DigestOfAllRanks(Collective& collective) const;

 private:
  std::set<std::tuple<int, std::string, std::string>> items_;
};

// Passes on the items of another source and adds each to a set. Both must outlive it.
class NotedSource final : public ItemSource {
 public:
  NotedSource(ItemSource& source, ServedSet& served) : source_(source), served_(served) {}

  void Queue(v1::Purpose purpose, uint32_t epoch, std::vector<uint32_t> positions) override {
    source_.Queue(purpose, epoch, std::move(positions));
  }
  void Drop() override { source_.Drop(); }
  absl::StatusOr<LoadedItem> Next() override;

 private:
  ItemSource& source_;
  ServedSet& served_;
};

}  // namespace gyrus

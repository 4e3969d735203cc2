// Which item stands at which position of a pass over the data. The loader that
// sends the items and the trainer that asks for them both compute it from this
// file, so that they agree without a message.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/epoch/views.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// One pass over some samples. Immutable.
class ItemSequence {
 public:
  // A pass of no items.
  ItemSequence() = default;

  // A pass of training: the items that `samples` samples make under `views`, in
  // the order that EpochOrder gives for `seed` and `epoch`.
  static ItemSequence Training(uint64_t seed, uint32_t epoch, uint32_t samples,
                               const v1::SliceViews& views);
  // The same for a caller that keeps the order, which is costly for millions of
  // items: it has ItemCount(samples, views) entries.
  static ItemSequence Training(std::shared_ptr<const std::vector<uint32_t>> order,
                               const v1::SliceViews& views);
  // A pass of validation or test: whole volumes, in the order of the samples.
  static ItemSequence InOrder(uint32_t samples);

  uint32_t size() const { return size_; }

  // The sample, and slice of it, at `position`, which is below size().
  View At(uint32_t position) const;

  // The name of the item `view`, whose sample is called `sample`.
  std::string NameOf(const View& view, absl::string_view sample) const {
    return ItemName(sample, view, views_);
  }

 private:
  ItemSequence(uint32_t size, std::shared_ptr<const std::vector<uint32_t>> order,
               const v1::SliceViews& views);

  uint32_t size_ = 0;
  std::shared_ptr<const std::vector<uint32_t>> order_;  // If it is null, item p is at position p.
  v1::SliceViews views_;
};

}  // namespace gyrus

// Items without a loader, for tests and benchmarks of a training.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/epoch/order.h"
#include "core/epoch/views.h"
#include "gyrus/v1/plan.pb.h"
#include "worker/training/item_source.h"

namespace gyrus {

// Items by position, as the loader gives them. A test may spoil an epoch.
class MemorySource final : public ItemSource {
 public:
  // Makes the volume of an item.
  using VolumeOf = std::function<torch::Tensor(const std::string& id)>;
  using Spoil = std::function<void(std::deque<LoadedItem>&)>;

  MemorySource(v1::TrialSpec trial, VolumeOf volume_of, Spoil spoil = {})
      : trial_(std::move(trial)), volume_of_(std::move(volume_of)), spoil_(std::move(spoil)) {}

  void Queue(v1::Purpose purpose, uint32_t epoch, std::vector<uint32_t> positions) override {
    const auto& items = purpose == v1::PURPOSE_TRAIN        ? trial_.train_items()
                        : purpose == v1::PURPOSE_VALIDATION ? trial_.validation_items()
                        : purpose == v1::PURPOSE_EXTERNAL   ? trial_.external_items()
                                                            : trial_.test_items();
    const bool train = purpose == v1::PURPOSE_TRAIN;
    const v1::SliceViews views = train ? trial_.train_views() : v1::SliceViews();
    const auto order = EpochOrder(trial_.train().seed(), epoch, ItemCount(items.size(), views));
    for (const uint32_t position : positions) {
      const View view = ViewAt(train ? order[position] : position, views);
      const std::string id = ItemName(items[static_cast<int>(view.sample)].id(), view, views);
      queue_.push_back({.purpose = purpose,
                        .position = position,
                        .item = id,
                        // A digest, so not text.
                        .volume_id = "\xff\xfe volume of " + id,
                        .volume = volume_of_(id)});
    }
    if (spoil_ && purpose == v1::PURPOSE_TRAIN) spoil_(queue_);
  }
  void Drop() override { queue_.clear(); }
  absl::StatusOr<LoadedItem> Next() override {
    LoadedItem item = std::move(queue_.front());
    queue_.pop_front();
    return item;
  }

 private:
  const v1::TrialSpec trial_;
  const VolumeOf volume_of_;
  const Spoil spoil_;
  std::deque<LoadedItem> queue_;
};

}  // namespace gyrus

// Items of an epoch: samples, or slices of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// One item.
struct View {
  uint32_t sample = 0;            // Index into the samples.
  std::optional<uint32_t> slice;  // Along the axis of the views; none: the volume.
  bool operator==(const View&) const = default;
};

// How many items so many samples make; their product is below 2^32.
uint32_t ItemCount(uint32_t samples, const v1::SliceViews& views);

// Whether each visit of an epoch of so many items is told. Slices make millions:
// of them there is the digest over all visits alone.
bool RecordsItemsSeen(uint32_t items);

// Sample after sample, each with its slices in their order.
View ViewAt(uint32_t item, const v1::SliceViews& views);

// The item's name, which random draws and visits go by: that of its sample,
// "cohort/subject/session", and of its slice, "cohort/subject/session/z17".
std::string ItemName(absl::string_view sample, const View& view, const v1::SliceViews& views);

}  // namespace gyrus

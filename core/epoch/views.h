// The items of an epoch: what a network sees at once, either the whole volume of a
// sample or one slice of it.
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

// The number of items that `samples` samples make. It is below 2^32.
uint32_t ItemCount(uint32_t samples, const v1::SliceViews& views);

// Whether a trainer reports each item that it has seen in an epoch of so many.
// Slices make millions of items, of which only the digest over all is reported.
bool RecordsItemsSeen(uint32_t items);

// Item number `item`: samples follow each other, each with its slices in their
// order.
View ViewAt(uint32_t item, const v1::SliceViews& views);

// The item's name: that of its sample, "cohort/subject/session", or for a slice
// "cohort/subject/session/z17". It is a key of random numbers and part of digests,
// so that it decides bits.
std::string ItemName(absl::string_view sample, const View& view, const v1::SliceViews& views);

}  // namespace gyrus

// The bins of soft labels, which represent a number as a distribution over a range.
#pragma once

#include <cstdint>
#include <vector>

#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct SoftBins {
  double from = 0;  // Lower edge of the first.
  double to = 1;    // Upper edge of the last.
  uint32_t count = 1;
  double sigma = 1;  // SD of the normal distribution around a target.

  static SoftBins Of(const v1::SoftLabels& spec) {
    return {spec.from(), spec.to(), spec.bins(), spec.sigma()};
  }

  std::vector<double> Centres() const {
    std::vector<double> centres(count);
    for (uint32_t i = 0; i < count; ++i) centres[i] = from + (i + 0.5) * (to - from) / count;
    return centres;
  }
};

}  // namespace gyrus

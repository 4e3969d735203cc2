// An interval with two ends: a confidence interval, or limits of agreement.
#pragma once

namespace gyrus {

struct Interval {
  double lower = 0;
  double upper = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

}  // namespace gyrus

// A confidence interval or limits of agreement; which, its maker says.
#pragma once

namespace gyrus {

struct Interval {
  double lower = 0;
  double upper = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

}  // namespace gyrus

// A table that maps metrics to the functions of core/statistics that compute them.
#pragma once

#include <array>
#include <cstddef>

#include "core/statistics/defined.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

template <typename... Arguments>
struct MetricFunction {
  using Function = Defined<double> (*)(Arguments...);
  v1::Metric metric;
  Function compute;
};

// The function that computes `metric`; null if the table does not have it.
template <size_t kSize, typename... Arguments>
typename MetricFunction<Arguments...>::Function FunctionOf(
    v1::Metric metric, const std::array<MetricFunction<Arguments...>, kSize>& table) {
  for (const auto& entry : table) {
    if (entry.metric == metric) return entry.compute;
  }
  return nullptr;
}

}  // namespace gyrus

// Tables of what computes which metric.
#pragma once

#include <array>
#include <cstddef>

#include "absl/status/statusor.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

template <typename... Arguments>
struct MetricFunction {
  using Function = absl::StatusOr<double> (*)(Arguments...);
  v1::Metric metric;
  Function compute;
};

// Null where the table has no such metric.
template <size_t kSize, typename... Arguments>
typename MetricFunction<Arguments...>::Function FunctionOf(
    v1::Metric metric, const std::array<MetricFunction<Arguments...>, kSize>& table) {
  for (const auto& entry : table) {
    if (entry.metric == metric) return entry.compute;
  }
  return nullptr;
}

}  // namespace gyrus

// Means over folds or networks, in a cell.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

std::vector<v1::Metric> MetricsAsked(const v1::Result& result);

// "0.81 +- 0.02 (4 of 5)": says over how many it is where it leaves some out.
// Without the SD where `sd` is null.
std::string MeanCell(const v1::Metrics& mean, const v1::Metrics* sd, v1::Metric metric);

}  // namespace gyrus

// Writes the mean of a metric over folds or networks as one cell of a table.
#pragma once

#include <string>
#include <vector>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

std::vector<v1::Metric> MetricsAsked(const v1::Result& result);

// "0.81 +- 0.02 (4 of 5)". The last part is there if the mean leaves some of them out. The
// SD is left out if `sd` is null.
std::string MeanCell(const v1::Metrics& mean, const v1::Metrics* sd, v1::Metric metric);

}  // namespace gyrus

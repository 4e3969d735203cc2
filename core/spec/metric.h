// The list of metrics: how each is called, which output of a network it judges,
// and whether small or large values are better. core/evaluate computes them.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/spec/task.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Which values of a metric a better network has; of a bias, neither small nor large
// ones.
enum class Better { kLess, kGreater, kNeither };

// All metrics, in the order of tables.
absl::Span<const v1::Metric> AllMetrics();

// The metric as the experiment file and JSON write it: "mae".
std::string NameOf(v1::Metric metric);
// The head of the metric's column in a table: "MAE [months]". `unit` is that of the
// target, may be empty, and is left out for a metric that does not have it.
std::string TitleOf(v1::Metric metric, const std::string& unit);

// The output of a network that the metric judges.
OutputKind OutputKindOf(v1::Metric metric);
Better BetterOf(v1::Metric metric);

// The metrics that the experiment asks for.
std::vector<v1::Metric> MetricsOf(const v1::Evaluate& evaluate);

// The metrics that are computed for `task` where the operator names none, in the
// order of tables.
std::vector<v1::Metric> DefaultMetrics(const v1::Task& task);

}  // namespace gyrus

// The metrics there are: how they are called, what they are of, which way is
// better.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// What of a network's answer a metric looks at.
enum class OutputKind { kNumber, kClass, kSegmentation, kReconstruction };

// Which of two values is that of the better network; for a bias it is neither.
enum class Better { kLess, kGreater, kNeither };

// In the order of tables. All but METRIC_UNSPECIFIED.
absl::Span<const v1::Metric> AllMetrics();

// As the experiment file and JSON write it: "mae".
std::string NameOf(v1::Metric metric);
// As tables head a column: "MAE [months]". `unit` is that of the target, of which
// not every metric is; empty: none.
std::string TitleOf(v1::Metric metric, const std::string& unit);

OutputKind OutputKindOf(v1::Metric metric);
Better BetterOf(v1::Metric metric);

bool HasOutput(const v1::Task& task, OutputKind answer);
// "number", "class", "label image", "reconstruction".
std::string NameOf(OutputKind answer);

// Those asked for.
std::vector<v1::Metric> MetricsOf(const v1::Evaluate& evaluate);

// What is asked for where the operator says nothing; in the order of tables.
std::vector<v1::Metric> DefaultMetrics(const v1::Task& task);

}  // namespace gyrus

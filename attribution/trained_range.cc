#include "attribution/trained_range.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/spec/task.h"

namespace gyrus {

std::optional<TrainedRange> TrainedRangeOf(const v1::TrialSpec& trial) {
  if (!HasNumber(trial.task())) return std::nullopt;
  TrainedRange range{.target = TargetOf(trial.task()), .unit = UnitOf(trial.task())};
  for (const v1::Item& item : trial.train_items()) {
    if (!item.has_target()) continue;
    range.least = range.n == 0 ? item.target() : std::min(range.least, item.target());
    range.most = range.n == 0 ? item.target() : std::max(range.most, item.target());
    ++range.n;
  }
  if (range.n == 0) return std::nullopt;
  return range;
}

std::string Describe(const TrainedRange& range) {
  return absl::StrFormat(
      "%d items with %s %.4g to %.4g%s; of anybody outside of that range the "
      "prediction is a guess",
      range.n, range.target, range.least, range.most,
      range.unit.empty() ? "" : absl::StrCat(" ", range.unit));
}

std::string WarningOf(const TrainedRange& range, double prediction) {
  if (prediction >= range.least && prediction <= range.most) return "";
  return absl::StrFormat(
      "the prediction, %.4g, is outside of the range that the network was "
      "trained on, %.4g to %.4g",
      prediction, range.least, range.most);
}

}  // namespace gyrus

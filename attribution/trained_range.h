// Says of whom a network can speak: the range of the targets that it was trained on, as
// far as its checkpoint records it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "gyrus/v1/plan.pb.h"

namespace gyrus {

struct TrainedRange {
  std::string target;  // The column.
  std::string unit;    // May be empty.
  size_t n = 0;        // Training items that have a target.
  double least = 0;
  double most = 0;
};

// Absent: the network predicts no number, or no training item has one.
std::optional<TrainedRange> TrainedRangeOf(const v1::TrialSpec& trial);

// "116 items with age 20.1 to 86 years; of anybody outside of that range the prediction is
// a guess".
std::string Describe(const TrainedRange& range);

// A sentence if the prediction is outside of the range; otherwise empty. A network that
// was trained on adults may well predict an adult's age for an infant, so a prediction
// inside of the range does not show that the subject is.
std::string WarningOf(const TrainedRange& range, double prediction);

}  // namespace gyrus

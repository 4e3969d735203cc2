// Writes and reads the file with the predictions of a trial. Equal predictions give equal
// bytes:
//
//   item<TAB>target<TAB>prediction<LF>
//   neonates/sub-01/1<TAB>3.5<TAB>3.25<LF>
//
// The lines are sorted by item, and each item occurs once. Numbers have the fewest digits
// that read back as the same double; a missing number is "n/a". The columns depend on the
// task: target and prediction for a number or a class (by its name), probability:NAME for
// each class, dice:NAME for each class of a segmentation, and reconstruction_error.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The number in the fewest digits that read back as the same double.
std::string ExactNumber(double number);

// INVALID_ARGUMENT: an item has no name, a name with a tab or a line break, or occurs
// twice; a number is not finite; or a prediction lacks what the task asks for. The message
// has the item.
absl::StatusOr<std::string> FormatPredictions(const v1::Task& task,
                                              std::vector<v1::Prediction> predictions);

// Accepts only what FormatPredictions() could have written, but for the spelling of
// numbers. Losses are not in the file.
// DATA_LOSS: anything else. The message has `file` and the number of the line, from 1.
absl::StatusOr<std::vector<v1::Prediction>> ParsePredictions(const v1::Task& task,
                                                             absl::string_view text,
                                                             absl::string_view file);

}  // namespace gyrus

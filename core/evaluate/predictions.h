// The file of predictions that a trial leaves, byte for byte a function of the
// predictions:
//
//   item<TAB>target<TAB>prediction<LF>
//   neonates/sub-01/1<TAB>3.5<TAB>3.25<LF>
//
// Sorted by item, each once; numbers in the fewest digits that read back as the
// same double, "n/a" where there is none. Which columns there are the task says:
// target and prediction of a number or class (by its name); probability:NAME of
// each class; dice:NAME of each class of a segmentation; reconstruction_error.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// In the fewest digits that read back as the same double.
std::string ExactNumber(double number);

// INVALID_ARGUMENT: an item without a name, with a tab or line break in it, or
// twice; a number that is not finite; not what the task asks for. Names the item.
absl::StatusOr<std::string> FormatPredictions(const v1::Task& task,
                                              std::vector<v1::Prediction> predictions);

// Strict: takes only what FormatPredictions could have written, but for the
// spelling of numbers. Losses are not written.
// DATA_LOSS: anything else; names `file` and the line, from 1.
absl::StatusOr<std::vector<v1::Prediction>> ParsePredictions(const v1::Task& task,
                                                             absl::string_view text,
                                                             absl::string_view file);

}  // namespace gyrus

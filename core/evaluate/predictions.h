// The file of predictions that a trial leaves, byte for byte a function of the
// predictions:
//
//   item<TAB>target<TAB>prediction<LF>
//   neonates/sub-01/1<TAB>3.5<TAB>3.25<LF>
//
// Sorted by item, each once; numbers in the fewest digits that read back as
// the same double.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gyrus/v1/record.pb.h"

namespace gyrus {

// INVALID_ARGUMENT: an item without a name, with a tab or line break in it, or
// twice; or a number that is not finite. Names the item.
absl::StatusOr<std::string> FormatPredictions(std::vector<v1::Prediction> predictions);

// Strict: takes only what FormatPredictions could have written, but for the
// spelling of numbers.
// DATA_LOSS: anything else; names `file` and the line, from 1.
absl::StatusOr<std::vector<v1::Prediction>> ParsePredictions(absl::string_view text,
                                                             absl::string_view file);

}  // namespace gyrus

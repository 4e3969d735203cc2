// Writes the files of a correction of gaps (core/evaluate/gap_correction.h) that are kept
// in the run folder.
#pragma once

#include <string>

#include "absl/types/span.h"
#include "core/evaluate/gap_correction.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// How the predictions of a fold's network are corrected. The file is beside its weights:
//
//   {"method": "cole", "slope": 0.69, "intercept": 19.4, "n": 10,
//    "unit": "years", "sentence": "..."}
//
// `fold` must have a correction.
std::string BiasCorrectionJson(v1::BiasMethod method, const v1::BiasFold& fold,
                               const std::string& unit);

// The gaps of a fold's test items before and after the correction, in the order given:
//
//   item<TAB>age<TAB>prediction<TAB>gap<TAB>corrected_gap<LF>
//
// Numbers have the fewest digits that read back as the same double.
std::string FormatGaps(absl::Span<const Gap> gaps);

}  // namespace gyrus

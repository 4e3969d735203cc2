// What is kept in the run folder of a correction of gaps.
#pragma once

#include <string>

#include "absl/types/span.h"
#include "core/evaluate/gap_correction.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// How the predictions of a fold's weights are corrected; lies beside them:
//
//   {"method": "cole", "slope": 0.69, "intercept": 19.4, "n": 10,
//    "unit": "years", "sentence": "..."}
//
// `fold` has a correction.
std::string BiasCorrectionJson(v1::BiasMethod method, const v1::BiasFold& fold,
                               const std::string& unit);

// The gaps of a fold's test items, before and after, in the order given:
//
//   item<TAB>age<TAB>prediction<TAB>gap<TAB>corrected_gap<LF>
//
// Numbers in the fewest digits that read back as the same double.
std::string FormatGaps(absl::Span<const Gap> gaps);

}  // namespace gyrus

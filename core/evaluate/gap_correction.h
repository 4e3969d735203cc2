// Corrects the gaps (predicted minus true age) of an arm's test items for their dependence
// on age. The correction of a fold is fitted on its validation items, which its network
// was not trained on and which are not among its test items.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The gap of one test item. A corrected gap is not an error of prediction; see
// core/statistics/bias_correction.h.
struct Gap {
  std::string item;
  double age = 0;
  double prediction = 0;
  double gap = 0;  // prediction - age
  double corrected = 0;
};

struct CorrectedFold {
  v1::BiasFold fold;      // Without the fields repeat, fold and the names of files.
  std::vector<Gap> gaps;  // Empty if there is no correction.
};

// Items without a target are left out of both parts. There is no correction, and the fold
// has the reason, if no validation item has a target, their ages do not vary, or the
// slope of Cole's method is below 0.1.
// INVALID_ARGUMENT: there is no such method, or a number is not finite.
absl::StatusOr<CorrectedFold> CorrectFold(v1::BiasMethod method,
                                          absl::Span<const v1::Prediction> validation,
                                          absl::Span<const v1::Prediction> test);

// One sentence for a methods section.
std::string GapMethodSentence(v1::BiasMethod method);

// The SD of the gaps and their correlation with age, before and after the correction, over
// the items of all folds.
absl::StatusOr<v1::BiasResult> SummariseGaps(v1::BiasMethod method,
                                             absl::Span<const CorrectedFold> folds);

}  // namespace gyrus

// Frees the gaps of an arm's test items of their dependence on age, by what the
// model of each fold shows on its validation items: those it was not trained on,
// and none of its test items.
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

// Of one test item. A corrected gap is no error.
struct Gap {
  std::string item;
  double age = 0;
  double prediction = 0;
  double gap = 0;  // prediction - age
  double corrected = 0;
};

struct CorrectedFold {
  v1::BiasFold fold;      // Without repeat, fold and files.
  std::vector<Gap> gaps;  // Empty where there is no correction.
};

// Items without a target are left out of both. n/a (the fold has the reason):
// no validation item has a target, their ages do not vary, or Cole's slope is
// below 0.1.
// INVALID_ARGUMENT: no such method, or a number is not finite.
absl::StatusOr<CorrectedFold> CorrectFold(v1::BiasMethod method,
                                          absl::Span<const v1::Prediction> validation,
                                          absl::Span<const v1::Prediction> test);

// One line for a methods section.
std::string GapMethodSentence(v1::BiasMethod method);

// Over the items of all folds: SD and correlation with age, before and after.
absl::StatusOr<v1::BiasResult> SummariseGaps(v1::BiasMethod method,
                                             absl::Span<const CorrectedFold> folds);

}  // namespace gyrus

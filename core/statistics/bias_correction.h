// Corrects the bias of predicted ages. Predictions regress to the mean: the young are
// predicted too old, the old too young. A correction removes that from the gap (predicted
// minus true age), so that groups can be compared.
//
// A corrected gap is not an error of prediction: most corrections use the true age that
// was to be predicted, so that its mean size is no accuracy. Therefore it has a type of
// its own, which no function of errors.h takes.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/statistics/defined.h"

namespace gyrus {

enum class BiasMethod {
  // corrected = (prediction - intercept) / slope. It needs no age, and a small slope
  // makes noise larger (Cole et al. 2018).
  kCole,
  // corrected = prediction + age - (intercept + slope * age). It uses the age (de Lange
  // et al. 2019; Beheshti et al. 2019 regress the gap, which gives the same).
  kAgeRegression,
  // corrected = prediction - mean gap of the site. It uses the ages of the site (BASE,
  // for unseen sites). The slope is 1, and the intercept is that mean.
  kSiteOffset,
};

// A fitted correction. It must be kept with the network that it was fitted for.
struct BiasCorrection {
  BiasMethod method = BiasMethod::kCole;
  // prediction = intercept + slope * age
  double slope = 1;
  double intercept = 0;
  size_t n = 0;  // The number of controls that it was fitted on.
};

// Must be fitted on controls of the training part only, with predictions of networks that
// were not trained on them: out-of-fold or validation predictions. kSiteOffset is fitted
// on the site itself. checks.h describes the errors. Undefined: there is no subject, the
// ages do not vary, or for kCole the slope is below 0.1.
Defined<BiasCorrection> FitBiasCorrection(BiasMethod method, absl::Span<const double> ages,
                                          absl::Span<const double> predictions);

// The corrected gaps of several subjects. Only CorrectGaps() can make them.
// Thread-compatible.
class CorrectedGaps {
 public:
  // In the order of the subjects.
  absl::Span<const double> ForComparingGroups() const { return gaps_; }
  const BiasCorrection& correction() const { return correction_; }

 private:
  friend absl::StatusOr<CorrectedGaps> CorrectGaps(const BiasCorrection&, absl::Span<const double>,
                                                   absl::Span<const double>);
  CorrectedGaps(const BiasCorrection& correction, std::vector<double> gaps)
      : correction_(correction), gaps_(std::move(gaps)) {}

  BiasCorrection correction_;
  std::vector<double> gaps_;
};

// INVALID_ARGUMENT: besides the errors of checks.h, FitBiasCorrection() cannot have made
// the correction.
absl::StatusOr<CorrectedGaps> CorrectGaps(const BiasCorrection& correction,
                                          absl::Span<const double> ages,
                                          absl::Span<const double> predictions);

// The corrected age of a subject whose true age is unknown. INVALID_ARGUMENT: the method
// needs the true age.
Defined<double> CorrectAge(const BiasCorrection& correction, double prediction);

// One sentence for a methods section, which says whether true ages were used.
std::string ToText(const BiasCorrection& correction);

}  // namespace gyrus

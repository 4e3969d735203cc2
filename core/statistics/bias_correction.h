// Predicted ages regress to the mean: the young come out too old, the old too
// young. A correction frees the gap (predicted minus true age) of that, for
// comparing groups.
//
// A corrected gap is no error: most corrections look at the true age that was
// to be predicted, so its mean size is no accuracy. It therefore comes in a type
// of its own, which no function of errors.h takes.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace gyrus {

enum class BiasMethod {
  // corrected = (prediction - intercept) / slope: needs no age, makes noise
  // larger as the slope is small (Cole et al. 2018).
  kCole,
  // corrected = prediction + age - (intercept + slope * age): uses the age
  // (de Lange et al. 2019; Beheshti et al. 2019 regress the gap, which is equal).
  kAgeRegression,
  // corrected = prediction - mean gap of a site, of which the ages were used
  // (BASE, for unseen sites). Slope is 1, intercept that mean.
  kSiteOffset,
};

// A part of the model that it belongs to, and to be kept with it.
struct BiasCorrection {
  BiasMethod method = BiasMethod::kCole;
  double slope = 1;  // Of prediction = intercept + slope * age.
  double intercept = 0;
  size_t n = 0;  // Controls that it was fitted on.
};

// On controls of the training part only, predicted by models that had not seen
// them: out-of-fold or validation predictions. Of kSiteOffset, on the site's
// own. Errors: checks.h; n/a: no subject, ages that do not vary, or a slope
// below 0.1 of kCole.
absl::StatusOr<BiasCorrection> FitBiasCorrection(BiasMethod method, absl::Span<const double> ages,
                                                 absl::Span<const double> predictions);

// Made by CorrectGaps() alone. Thread-compatible.
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

// INVALID_ARGUMENT: besides checks.h, a correction that none could have fitted.
absl::StatusOr<CorrectedGaps> CorrectGaps(const BiasCorrection& correction,
                                          absl::Span<const double> ages,
                                          absl::Span<const double> predictions);

// Of a subject whose age is not known. INVALID_ARGUMENT: the method needs it.
absl::StatusOr<double> CorrectAge(const BiasCorrection& correction, double prediction);

// One line for a methods section, which says whether ages were used.
std::string ToText(const BiasCorrection& correction);

}  // namespace gyrus

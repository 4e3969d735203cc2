// Numbers that are fitted to the training part of a trial before it starts: the scale of
// the output, class weights and the scales of covariates.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/plan/trials.h"
#include "core/spec/covariates.h"

namespace gyrus {

// prediction = scale * network output + offset.
struct OutputMap {
  double scale = 1;
  double offset = 0;
};

struct Fit {
  OutputMap output;                        // For a regression.
  std::vector<double> class_weights;       // For a classification, by class.
  std::vector<CovariateScale> covariates;  // By column (CovariateColumns).
};

// DATA_LOSS: targets or a covariate of the training part have one value, or a
// class has no item there: there is nothing to fit, or nothing to learn.
absl::StatusOr<Fit> FitToTraining(const PlannedTrial& trial);

}  // namespace gyrus

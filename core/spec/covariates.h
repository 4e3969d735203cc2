// Covariates: numbers of the manifest, such as age at scan, that a network reads
// beside the image through its FiLM layers. This is the one place that knows which
// columns they are and how they are scaled; core/network/film.h has the layers.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The columns of the manifest that the network reads, in its order. Empty for a
// network without FiLM.
const google::protobuf::RepeatedPtrField<std::string>& CovariateColumns(const v1::Model& model);

// How one column is brought to mean 0 and standard deviation 1 of the items
// trained on.
struct CovariateScale {
  double mean = 0;
  double sd = 1;

  double Apply(double value) const { return (value - mean) / sd; }
};

// Writes the scales of all columns, in their order, into a trial.
void SetCovariateScales(const std::vector<CovariateScale>& scales, v1::TrialSpec& trial);

// The scales of all columns of a trial's network, in their order.
// DATA_LOSS: the trial does not have one scale for each column.
absl::StatusOr<std::vector<CovariateScale>> CovariateScalesOf(const v1::TrialSpec& trial);

}  // namespace gyrus

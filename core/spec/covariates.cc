#include "core/spec/covariates.h"

#include "absl/strings/str_cat.h"

namespace gyrus {

const google::protobuf::RepeatedPtrField<std::string>& CovariateColumns(const v1::Model& model) {
  // Only this network has FiLM layers; core/spec/check refuses them elsewhere.
  return model.resnet3d().film().columns();
}

void SetCovariateScales(const std::vector<CovariateScale>& scales, v1::TrialSpec& trial) {
  trial.clear_covariate_means();
  trial.clear_covariate_sds();
  for (const CovariateScale& scale : scales) {
    trial.add_covariate_means(scale.mean);
    trial.add_covariate_sds(scale.sd);
  }
}

absl::StatusOr<std::vector<CovariateScale>> CovariateScalesOf(const v1::TrialSpec& trial) {
  const int columns = CovariateColumns(trial.model()).size();
  if (trial.covariate_means_size() != columns || trial.covariate_sds_size() != columns) {
    return absl::DataLossError(absl::StrCat(
        "the network reads ", columns, " covariates, but there are ", trial.covariate_means_size(),
        " means and ", trial.covariate_sds_size(), " standard deviations"));
  }
  std::vector<CovariateScale> scales;
  for (int i = 0; i < columns; ++i) {
    scales.push_back({.mean = trial.covariate_means(i), .sd = trial.covariate_sds(i)});
  }
  return scales;
}

}  // namespace gyrus

// ComBat (Johnson et al. 2007; Fortin et al. 2018): features of several sites
// without the sites' own shifts and scales, covariates kept.
//
// Fitted on the training part only and applied to the others as it is: the test
// part shapes nothing. The iteration stops as neuroCombat's does, so that values
// agree with it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace gyrus {

// A row is a subject's scan, a column a feature (a region, a latent unit).
struct FeatureTable {
  size_t rows = 0;
  size_t columns = 0;
  std::vector<double> values;  // Row by row.

  double& at(size_t row, size_t column) { return values[row * columns + column]; }
  double at(size_t row, size_t column) const { return values[row * columns + column]; }
};

// A class is made numbers by its owner: one column of 0 and 1 for each but one.
struct Covariate {
  std::string name;
  std::vector<double> values;
};

struct CombatData {
  FeatureTable features;
  std::vector<std::string> sites;  // One a row, as the values of covariates.
  std::vector<Covariate> covariates;
};

struct CombatOptions {
  bool empirical_bayes = true;  // Shrinks what sites have in common over features.
  // Left as it is, and the others brought to it; else all to their mean.
  std::optional<std::string> reference_site;
};

// What was fitted: kept with the model whose inputs it made. By feature, or by
// site and feature.
struct CombatModel {
  std::vector<std::string> sites;  // Sorted.
  std::vector<std::string> covariates;
  std::optional<std::string> reference_site;
  size_t n = 0;
  std::vector<double> grand_mean;
  std::vector<double> pooled_sd;
  std::vector<std::vector<double>> covariate_effects;  // By covariate and feature.
  std::vector<std::vector<double>> gamma;              // Shift, in pooled_sd.
  std::vector<std::vector<double>> delta;              // Scale, as a variance.
  // Priors by site; 0 for the reference, and without empirical Bayes.
  std::vector<double> gamma_bar;
  std::vector<double> tau_squared;
  std::vector<double> a_prior;
  std::vector<double> b_prior;
};

// INVALID_ARGUMENT: sizes that do not fit, numbers that are not finite, fewer than
// two sites, an unknown reference site; and a covariate that is the target of
// the prediction, by its name or by a correlation of one with it: features would
// then carry what is to be predicted.
// FAILED_PRECONDITION: these data do not determine it: a site with one scan,
// sites and covariates that say the same, a feature that does not vary; with
// empirical Bayes fewer than two features.
absl::StatusOr<CombatModel> FitCombat(const CombatData& training, const Covariate& target,
                                      const CombatOptions& options = {});

enum class UnseenSites {
  kRefuse,
  kAsReference,  // Taken to be like the reference, or the mean, and left as they are.
};

struct Harmonised {
  FeatureTable features;
  std::vector<std::string> unseen_sites;  // To be warned of: these were not harmonised.
};

// INVALID_ARGUMENT: sizes that do not fit, other features or covariates than
// were fitted, or a site that was not (names it).
absl::StatusOr<Harmonised> ApplyCombat(const CombatModel& model, const CombatData& data,
                                       UnseenSites unseen = UnseenSites::kRefuse);

}  // namespace gyrus

// ComBat (Johnson et al. 2007; Fortin et al. 2018): removes the shift and the scale that
// each site adds to features, and keeps the effects of covariates.
//
// A model is fitted on the training part only, and applied to the other parts without a
// change, so that the test part has no influence. The iteration stops like that of
// neuroCombat, so that the values agree.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/statistics/defined.h"

namespace gyrus {

// A row is one scan of a subject, a column one feature (a region or a latent unit).
struct FeatureTable {
  size_t rows = 0;
  size_t columns = 0;
  std::vector<double> values;  // Row by row.

  double& at(size_t row, size_t column) { return values[row * columns + column]; }
  double at(size_t row, size_t column) const { return values[row * columns + column]; }
};

// One covariate with a number for each row. A class must be given as one column of 0 and
// 1 for each of its values but one.
struct Covariate {
  std::string name;
  std::vector<double> values;
};

struct CombatData {
  FeatureTable features;
  std::vector<std::string> sites;  // One for each row.
  std::vector<Covariate> covariates;
};

struct CombatOptions {
  // Draws the shifts and scales of a site towards those of its other features.
  bool empirical_bayes = true;
  // This site is not changed, and the others are adapted to it. Absent: all sites are
  // adapted to their mean.
  std::optional<std::string> reference_site;
};

// A fitted model. It must be kept with the network whose inputs it prepared. Vectors are
// by feature; vectors of vectors by site (or covariate) and feature.
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
  // The priors by site. They are 0 for the reference, and without empirical Bayes.
  std::vector<double> gamma_bar;
  std::vector<double> tau_squared;
  std::vector<double> a_prior;
  std::vector<double> b_prior;
};

// INVALID_ARGUMENT: sizes do not fit, a number is not finite, there are fewer than two
// sites, or the reference site is unknown. Also if a covariate is the target of the
// prediction, by its name or by a correlation of one with it, because the features
// would then contain what is to be predicted.
// Undefined: the data do not determine the model: a site has one scan, sites and
// covariates cannot be told apart, a feature does not vary, or, with empirical Bayes,
// there are fewer than two features.
Defined<CombatModel> FitCombat(const CombatData& training, const Covariate& target,
                               const CombatOptions& options = {});

enum class UnseenSites {
  kRefuse,
  kAsReference,  // They are assumed to be like the reference, and are not changed.
};

struct Harmonised {
  FeatureTable features;
  std::vector<std::string> unseen_sites;  // These were not harmonised; users must be warned.
};

// INVALID_ARGUMENT: sizes do not fit, the model was fitted on other features or
// covariates, or, with kRefuse, on other sites (the message has the name).
absl::StatusOr<Harmonised> ApplyCombat(const CombatModel& model, const CombatData& data,
                                       UnseenSites unseen = UnseenSites::kRefuse);

}  // namespace gyrus

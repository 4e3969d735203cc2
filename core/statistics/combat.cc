#include "core/statistics/combat.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "Eigen/QR"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/combat_prior.h"
#include "core/statistics/correlation.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

using Eigen::MatrixXd;

absl::Status CheckSizes(const CombatData& data) {
  const FeatureTable& features = data.features;
  if (features.values.size() != features.rows * features.columns ||
      data.sites.size() != features.rows) {
    return absl::InvalidArgumentError(
        absl::StrCat("harmonising: ", features.values.size(), " values and ", data.sites.size(),
                     " sites for ", features.rows, " rows of ", features.columns, " features"));
  }
  for (const Covariate& covariate : data.covariates) {
    if (covariate.values.size() != features.rows) {
      return absl::InvalidArgumentError(absl::StrCat("harmonising: covariate '", covariate.name,
                                                     "' has ", covariate.values.size(),
                                                     " values for ", features.rows, " rows"));
    }
    GYRUS_RETURN_IF_ERROR(
        Annotate(CheckFinite(covariate.values), absl::StrCat("covariate '", covariate.name, "'")));
  }
  return Annotate(CheckFinite(features.values), "harmonising");
}

// A covariate that equals the target would keep the target's effect in the features, and
// the network could read it from there. Names are not enough: the same column may have
// another name.
absl::Status CheckTarget(const CombatData& training, const Covariate& target) {
  if (target.values.size() != training.features.rows) {
    return absl::InvalidArgumentError("harmonising: the target needs a value for each row");
  }
  for (const Covariate& covariate : training.covariates) {
    const Defined<double> r = PearsonR(covariate.values, target.values);
    const bool same = r.ok() && std::abs(*r) > 1 - 1e-9;
    if (covariate.name == target.name || same) {
      return absl::InvalidArgumentError(absl::StrCat("harmonising: covariate '", covariate.name,
                                                     "' is what is to be predicted ('", target.name,
                                                     "'); features would carry it"));
    }
  }
  return absl::OkStatus();
}

size_t PlaceOf(const std::vector<std::string>& sites, const std::string& site) {
  return std::find(sites.begin(), sites.end(), site) - sites.begin();
}

// One column a site, then the covariates.
MatrixXd DesignOf(const CombatData& data, const std::vector<std::string>& sites) {
  const Eigen::Index count = static_cast<Eigen::Index>(sites.size());
  MatrixXd design = MatrixXd::Zero(static_cast<Eigen::Index>(data.sites.size()),
                                   count + static_cast<Eigen::Index>(data.covariates.size()));
  for (Eigen::Index row = 0; row < design.rows(); ++row) {
    design(row, static_cast<Eigen::Index>(PlaceOf(sites, data.sites[row]))) = 1;
    for (Eigen::Index c = count; c < design.cols(); ++c) {
      design(row, c) = data.covariates[c - count].values[row];
    }
  }
  return design;
}

MatrixXd MatrixOf(const FeatureTable& table) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(table.values.data(), static_cast<Eigen::Index>(table.rows),
                                    static_cast<Eigen::Index>(table.columns));
}

// The variance of a site with one scan cannot be estimated.
DefinedStatus CheckSites(const CombatData& training, const CombatModel& model) {
  if (model.sites.size() < 2) {
    return absl::InvalidArgumentError("harmonising needs at least two sites");
  }
  for (const std::string& site : model.sites) {
    if (std::count(training.sites.begin(), training.sites.end(), site) == 1) {
      return Undefined(absl::StrCat("site '", site, "' has one scan"));
    }
  }
  if (model.reference_site && PlaceOf(model.sites, *model.reference_site) == model.sites.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no scan is of the reference site '", *model.reference_site, "'"));
  }
  return absl::OkStatus();
}

// The rows of a site; of no site, all.
std::vector<size_t> RowsOf(const CombatData& data, const std::optional<std::string>& site) {
  std::vector<size_t> rows;
  for (size_t row = 0; row < data.sites.size(); ++row) {
    if (!site || data.sites[row] == *site) rows.push_back(row);
  }
  return rows;
}

// Mean, spread and effects of covariates, by least squares.
DefinedStatus FitScale(const CombatData& training, CombatModel& model) {
  const MatrixXd design = DesignOf(training, model.sites);
  const MatrixXd features = MatrixOf(training.features);
  const Eigen::ColPivHouseholderQR<MatrixXd> decomposition(design);
  if (decomposition.rank() < design.cols()) {
    return Undefined("sites and covariates say the same, or are more than the scans tell apart");
  }
  const MatrixXd effects = decomposition.solve(features);
  const MatrixXd residuals = features - design * effects;
  const std::vector<size_t> reference = RowsOf(training, model.reference_site);
  for (Eigen::Index f = 0; f < features.cols(); ++f) {
    double mean = 0;
    double squares = 0;
    for (const size_t row : reference) {
      const Eigen::Index site =
          static_cast<Eigen::Index>(PlaceOf(model.sites, training.sites[row]));
      mean += effects(site, f);
      squares += residuals(row, f) * residuals(row, f);
    }
    const double count = static_cast<double>(reference.size());
    const double sd = std::sqrt(squares / count);
    const double largest = features.col(f).cwiseAbs().maxCoeff();
    if (sd <= 64 * std::numeric_limits<double>::epsilon() * largest) {
      return Undefined(absl::StrCat("feature ", f, " does not vary beside sites and covariates"));
    }
    model.grand_mean.push_back(mean / count);
    model.pooled_sd.push_back(sd);
  }
  for (Eigen::Index c = static_cast<Eigen::Index>(model.sites.size()); c < effects.rows(); ++c) {
    std::vector<double>& of_covariate = model.covariate_effects.emplace_back();
    for (Eigen::Index f = 0; f < effects.cols(); ++f) of_covariate.push_back(effects(c, f));
  }
  return absl::OkStatus();
}

// The value without site effects: the grand mean plus the effects of the covariates.
double ExpectedOf(const CombatModel& model, const CombatData& data, size_t row, size_t feature) {
  double expected = model.grand_mean[feature];
  for (size_t c = 0; c < data.covariates.size(); ++c) {
    expected += data.covariates[c].values[row] * model.covariate_effects[c][feature];
  }
  return expected;
}

void AddSite(const SiteEffect& effect, const SitePrior& prior, CombatModel& model) {
  model.gamma.push_back(effect.gamma);
  model.delta.push_back(effect.delta);
  model.gamma_bar.push_back(prior.gamma_bar);
  model.tau_squared.push_back(prior.tau_squared);
  model.a_prior.push_back(prior.a);
  model.b_prior.push_back(prior.b);
}

// Shift and scale of one site, shrunk where asked.
DefinedStatus FitSite(const CombatData& training, const std::string& site, bool empirical_bayes,
                      CombatModel& model) {
  const size_t columns = training.features.columns;
  if (site == model.reference_site) {
    AddSite({std::vector<double>(columns, 0), std::vector<double>(columns, 1)}, {}, model);
    return absl::OkStatus();
  }
  SiteFeatures features;
  for (size_t f = 0; f < columns; ++f) {
    std::vector<double>& values = features.emplace_back();
    for (const size_t row : RowsOf(training, site)) {
      values.push_back((training.features.at(row, f) - ExpectedOf(model, training, row, f)) /
                       model.pooled_sd[f]);
    }
  }
  const SiteEffect raw = RawSiteEffect(features);
  if (!empirical_bayes) {
    AddSite(raw, SitePrior{}, model);
    return absl::OkStatus();
  }
  GYRUS_ASSIGN_OR_RETURN(const SitePrior prior, PriorOf(raw));
  GYRUS_ASSIGN_OR_RETURN(const SiteEffect shrunk, Shrink(features, raw, prior));
  AddSite(shrunk, prior, model);
  return absl::OkStatus();
}

absl::Status CheckCovariates(const CombatModel& model, const CombatData& data) {
  std::vector<std::string> names;
  for (const Covariate& covariate : data.covariates) names.push_back(covariate.name);
  if (names == model.covariates && data.features.columns == model.grand_mean.size()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("harmonising ", data.features.columns, " features with covariates '",
                   absl::StrJoin(names, ", "), "'; fitted were ", model.grand_mean.size(),
                   " with '", absl::StrJoin(model.covariates, ", "), "'"));
}

}  // namespace

Defined<CombatModel> FitCombat(const CombatData& training, const Covariate& target,
                               const CombatOptions& options) {
  GYRUS_RETURN_IF_ERROR(CheckSizes(training));
  GYRUS_RETURN_IF_ERROR(CheckTarget(training, target));
  const std::set<std::string> sites(training.sites.begin(), training.sites.end());
  CombatModel model{.sites = {sites.begin(), sites.end()},
                    .reference_site = options.reference_site,
                    .n = training.features.rows};
  for (const Covariate& covariate : training.covariates) model.covariates.push_back(covariate.name);
  GYRUS_RETURN_IF_ERROR(CheckSites(training, model));
  GYRUS_RETURN_IF_ERROR(FitScale(training, model));
  for (const std::string& site : model.sites) {
    GYRUS_RETURN_IF_ERROR(Annotate(FitSite(training, site, options.empirical_bayes, model),
                                   absl::StrCat("site '", site, "'")));
  }
  return model;
}

absl::StatusOr<Harmonised> ApplyCombat(const CombatModel& model, const CombatData& data,
                                       UnseenSites unseen) {
  GYRUS_RETURN_IF_ERROR(CheckSizes(data));
  GYRUS_RETURN_IF_ERROR(CheckCovariates(model, data));
  Harmonised result{.features = data.features};
  std::set<std::string> strangers;
  for (size_t row = 0; row < data.features.rows; ++row) {
    const std::string& name = data.sites[row];
    const size_t site = PlaceOf(model.sites, name);
    if (site == model.sites.size()) strangers.insert(name);
    if (site == model.sites.size() || name == model.reference_site) continue;
    for (size_t f = 0; f < data.features.columns; ++f) {
      const double expected = ExpectedOf(model, data, row, f);
      const double standard = (data.features.at(row, f) - expected) / model.pooled_sd[f];
      const double own = (standard - model.gamma[site][f]) / std::sqrt(model.delta[site][f]);
      result.features.at(row, f) = own * model.pooled_sd[f] + expected;
    }
  }
  if (!strangers.empty() && unseen == UnseenSites::kRefuse) {
    return absl::InvalidArgumentError(
        absl::StrCat("harmonising: no scan of site '", *strangers.begin(),
                     "' was in the training part, so nothing is known of its shift and scale"));
  }
  result.unseen_sites.assign(strangers.begin(), strangers.end());
  return result;
}

}  // namespace gyrus

#include "coordinator/plan/fit.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/plan/targets.h"
#include "core/spec/covariates.h"
#include "core/spec/fold_name.h"
#include "core/spec/task.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

std::string InWords(const v1::Fold& fold) { return FoldInWords(fold.repeat(), fold.fold()); }

// The network learns a standardised target. Scale and offset come from the training part
// alone, so that nothing of the test part leaks into the training.
absl::StatusOr<OutputMap> FitOutput(const v1::OutputScale& output,
                                    const std::vector<double>& targets, const v1::Fold& fold) {
  if (output.fit() == v1::OUTPUT_FIT_IDENTITY) return OutputMap{};
  if (output.fit() != v1::OUTPUT_FIT_TRAIN_FOLD) return OutputMap{output.scale(), output.offset()};
  const Defined<double> mean = Mean(targets);
  const Defined<double> sd = StandardDeviation(targets, 0);
  if (!mean.ok() || !sd.ok() || *sd == 0) {
    return absl::DataLossError(
        absl::StrCat("the ", targets.size(), " training targets of ", InWords(fold),
                     " have no spread to fit the output to; use fewer folds, more samples or "
                     "task.regression.output: identity"));
  }
  return OutputMap{*sd, *mean};
}

absl::StatusOr<std::vector<double>> FitClassWeights(const v1::Classification& task,
                                                    const std::vector<double>& targets,
                                                    const v1::Fold& fold) {
  std::vector<double> weights;
  for (int c = 0; c < task.classes_size(); ++c) {
    const auto items = std::count(targets.begin(), targets.end(), static_cast<double>(c));
    if (items == 0) {
      return absl::DataLossError(absl::StrCat("the training part of ", InWords(fold),
                                              " has no item of class '", task.classes(c),
                                              "'; use fewer folds or more samples"));
    }
    // Balanced weights have a mean of 1 over the training items, so they do not change the
    // size of a step.
    if (task.weights().fit() == v1::CLASS_WEIGHT_FIT_BALANCED) {
      weights.push_back(static_cast<double>(targets.size()) / (task.classes_size() * items));
    } else {
      weights.push_back(task.weights().of().empty() ? 1 : task.weights().of(c));
    }
  }
  return weights;
}

// Like the output, covariates are standardised by the training part alone.
absl::StatusOr<CovariateScale> FitCovariate(const v1::Plan& plan, const std::string& column,
                                            const v1::Fold& fold) {
  std::vector<double> values;
  for (const uint32_t index : fold.train()) {
    values.push_back(plan.samples(static_cast<int>(index)).numbers().at(column));
  }
  const Defined<double> mean = Mean(values);
  const Defined<double> sd = StandardDeviation(values, 0);
  if (!mean.ok() || !sd.ok() || *sd == 0) {
    return absl::DataLossError(absl::StrCat("covariate '", column, "' has one value in the ",
                                            values.size(), " training items of ", InWords(fold)));
  }
  return CovariateScale{.mean = *mean, .sd = *sd};
}

absl::StatusOr<Fit> FitArm(const PlannedTrial& trial) {
  Fit fit;
  const v1::Plan& plan = *trial.plan;
  const v1::Task& task = trial.arm->task();
  const std::vector<double> targets = KnownTargetsOf(plan, *trial.arm, trial.fold->train());
  if (HasScalar(task) && targets.empty()) {
    return absl::DataLossError(absl::StrCat("no item of the training part of ",
                                            InWords(*trial.fold), " has a target in column '",
                                            TargetOf(task), "'; use fewer folds or more samples"));
  }
  if (task.has_regression()) {
    GYRUS_ASSIGN_OR_RETURN(fit.output, FitOutput(task.regression().output(), targets, *trial.fold));
  }
  if (task.has_classification()) {
    GYRUS_ASSIGN_OR_RETURN(fit.class_weights,
                           FitClassWeights(task.classification(), targets, *trial.fold));
  }
  for (const std::string& column : CovariateColumns(trial.arm->model())) {
    GYRUS_ASSIGN_OR_RETURN(fit.covariates.emplace_back(), FitCovariate(plan, column, *trial.fold));
  }
  return fit;
}

}  // namespace

absl::StatusOr<Fit> FitToTraining(const PlannedTrial& trial) {
  absl::StatusOr<Fit> fit = FitArm(trial);
  if (fit.ok()) return fit;
  return Annotate(fit.status(), absl::StrCat("arm '", trial.arm->name(), "'"));
}

}  // namespace gyrus

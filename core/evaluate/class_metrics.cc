#include "core/evaluate/class_metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/metric_function.h"
#include "core/spec/metric.h"
#include "core/statistics/calibration.h"
#include "core/statistics/checks.h"
#include "core/statistics/confusion.h"
#include "core/statistics/roc.h"

namespace gyrus {
namespace {

constexpr double kThreshold = 0.5;
constexpr double kLeastProbability = 0x1p-52;  // As core/statistics/calibration.h.

using Labels = absl::Span<const int>;
using Scores = absl::Span<const double>;

using OfCounts = MetricFunction<const Confusion&>;
constexpr std::array<OfCounts, 9> kOfCounts = {
    OfCounts{v1::METRIC_ACCURACY, Accuracy},
    OfCounts{v1::METRIC_BALANCED_ACCURACY, BalancedAccuracy},
    OfCounts{v1::METRIC_SENSITIVITY, Sensitivity},
    OfCounts{v1::METRIC_SPECIFICITY, Specificity},
    OfCounts{v1::METRIC_PPV, PositivePredictiveValue},
    OfCounts{v1::METRIC_NPV, NegativePredictiveValue},
    OfCounts{v1::METRIC_F1, F1},
    OfCounts{v1::METRIC_MCC, MatthewsCorrelation},
    OfCounts{v1::METRIC_KAPPA, CohensKappa},
};

Defined<double> Ece(Labels labels, Scores scores) {
  return ExpectedCalibrationError(labels, scores);
}

using OfScores = MetricFunction<Labels, Scores>;
constexpr std::array<OfScores, 5> kOfScores = {
    OfScores{v1::METRIC_AUC, AreaUnderRoc},
    OfScores{v1::METRIC_AVERAGE_PRECISION, AveragePrecision},
    OfScores{v1::METRIC_BRIER, BrierScore},
    OfScores{v1::METRIC_LOG_LOSS, LogLoss},
    OfScores{v1::METRIC_ECE, Ece},
};

Defined<double> OfTwoClasses(v1::Metric metric, const ClassItems& items) {
  const std::vector<double> scores = items.Scores();
  GYRUS_ASSIGN_OR_RETURN(const Confusion counts, ConfusionAt(items.labels, scores, kThreshold));
  if (const auto ratio = FunctionOf(metric, kOfCounts)) return ratio(counts);
  if (const auto function = FunctionOf(metric, kOfScores)) return function(items.labels, scores);
  return absl::InvalidArgumentError(absl::StrCat(NameOf(metric), " is no metric of classes"));
}

double ShareRight(const ClassItems& items) {
  double right = 0;
  for (size_t i = 0; i < items.labels.size(); ++i) right += items.labels[i] == items.decisions[i];
  return right / static_cast<double>(items.labels.size());
}

// The balanced accuracy: the mean over classes that occur, because a class without items
// has no recall.
double MeanRecall(const ClassItems& items) {
  std::vector<double> all(items.classes), right(items.classes);
  for (size_t i = 0; i < items.labels.size(); ++i) {
    ++all[items.labels[i]];
    right[items.labels[i]] += items.labels[i] == items.decisions[i];
  }
  double sum = 0, present = 0;
  for (size_t c = 0; c < items.classes; ++c) {
    if (all[c] == 0) continue;
    sum += right[c] / all[c];
    ++present;
  }
  return sum / present;
}

// Probabilities are kept away from 0 and 1 as in scikit-learn; otherwise one wrong item
// would make the loss infinite.
double MeanLogLoss(const ClassItems& items) {
  double sum = 0;
  for (size_t i = 0; i < items.labels.size(); ++i) {
    const double probability = items.probabilities[i][items.labels[i]];
    sum -= std::log(std::clamp(probability, kLeastProbability, 1 - kLeastProbability));
  }
  return sum / static_cast<double>(items.labels.size());
}

Defined<double> OfManyClasses(v1::Metric metric, const ClassItems& items) {
  if (metric == v1::METRIC_ACCURACY) return ShareRight(items);
  if (metric == v1::METRIC_BALANCED_ACCURACY) return MeanRecall(items);
  if (metric == v1::METRIC_LOG_LOSS) return MeanLogLoss(items);
  return Undefined(absl::StrCat("there are ", items.classes, " classes, not two"));
}

absl::Status Bad(const v1::Prediction& p, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("evaluating item '", p.item(), "': ", what));
}

}  // namespace

std::vector<double> ClassItems::Scores() const {
  std::vector<double> scores;
  for (const std::vector<double>& item : probabilities) scores.push_back(item[1]);
  return scores;
}

int DecisionOf(absl::Span<const double> probabilities) {
  if (probabilities.size() == 2) return probabilities[1] >= kThreshold ? 1 : 0;
  return static_cast<int>(std::max_element(probabilities.begin(), probabilities.end()) -
                          probabilities.begin());
}

absl::StatusOr<ClassItems> ClassItemsOf(absl::Span<const v1::Prediction* const> predictions) {
  ClassItems items;
  for (const v1::Prediction* const p : predictions) {
    if (items.classes == 0) items.classes = p->probabilities_size();
    if (p->probabilities_size() < 2 || p->probabilities_size() != items.classes) {
      return Bad(*p, absl::StrCat("has ", p->probabilities_size(), " probabilities"));
    }
    for (const double probability : p->probabilities()) {
      if (!(probability >= 0 && probability <= 1)) {
        return Bad(*p, absl::StrCat("a probability is ", probability));
      }
    }
    const double label = p->target();
    // Labels are stored as double, like targets of numbers.
    if (!(label >= 0 && label < items.classes) || label != std::floor(label)) {
      return Bad(*p, absl::StrCat("its target ", label, " is none of ", items.classes, " classes"));
    }
    items.labels.push_back(static_cast<int>(label));
    items.probabilities.emplace_back(p->probabilities().begin(), p->probabilities().end());
    items.decisions.push_back(DecisionOf(items.probabilities.back()));
  }
  return items;
}

Defined<double> ClassMetric(v1::Metric metric, const ClassItems& items) {
  if (OutputKindOf(metric) != OutputKind::kClass) {
    return absl::InvalidArgumentError(absl::StrCat(NameOf(metric), " is no metric of classes"));
  }
  if (items.labels.empty()) return Undefined("there are no items");
  return items.classes == 2 ? OfTwoClasses(metric, items) : OfManyClasses(metric, items);
}

}  // namespace gyrus

#include "core/statistics/roc.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/confusion.h"
#include "core/statistics/distribution.h"
#include "core/statistics/ranks.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

using Labels = absl::Span<const int>;
using Scores = absl::Span<const double>;

struct Classes {
  std::vector<double> positive;
  std::vector<double> negative;
};

Defined<Classes> Split(Labels labels, Scores scores, size_t least) {
  GYRUS_RETURN_IF_ERROR(CheckLabels(labels, scores));
  Classes classes;
  for (size_t i = 0; i < labels.size(); ++i) {
    (labels[i] == 1 ? classes.positive : classes.negative).push_back(scores[i]);
  }
  if (classes.positive.size() < least) {
    return Undefined(classes.positive.empty() ? "no item is positive" : "one item is positive");
  }
  if (classes.negative.size() < least) {
    return Undefined(classes.negative.empty() ? "no item is negative" : "one item is negative");
  }
  return classes;
}

// For each positive the share of negatives below it, and for each negative the
// share of positives above it; ties count half.
struct Placements {
  std::vector<double> of_positives;
  std::vector<double> of_negatives;
};

// The placement of a positive item is the fraction of negative items that it exceeds, ties
// counting half. DeLong's variance is that of the placements. Ranks give them in n log n
// instead of n squared.
Placements PlacementsOf(const Classes& classes) {
  const size_t positives = classes.positive.size();
  const double m = static_cast<double>(positives);
  const double n = static_cast<double>(classes.negative.size());
  const Ranks all = AverageRanks(Pooled({classes.positive, classes.negative}));
  const Ranks positive = AverageRanks(classes.positive);
  const Ranks negative = AverageRanks(classes.negative);
  Placements placements;
  for (size_t i = 0; i < positives; ++i) {
    placements.of_positives.push_back((all.of[i] - positive.of[i]) / n);
  }
  for (size_t i = 0; i < classes.negative.size(); ++i) {
    placements.of_negatives.push_back(1 - (all.of[positives + i] - negative.of[i]) / m);
  }
  return placements;
}

double Covariance(Scores a, Scores b) {
  return Dot(Deviations(a), Deviations(b)) / static_cast<double>(a.size() - 1);
}

double CovarianceOfMeans(const Placements& a, const Placements& b) {
  return Covariance(a.of_positives, b.of_positives) / static_cast<double>(a.of_positives.size()) +
         Covariance(a.of_negatives, b.of_negatives) / static_cast<double>(a.of_negatives.size());
}

// The second interval is computed for the logit of the AUC, which stays within 0 and 1 and
// has better coverage near the ends.
DeLong MakeDeLong(const Placements& placements, double level) {
  DeLong result{.positives = placements.of_positives.size(),
                .negatives = placements.of_negatives.size()};
  result.auc = Sum(placements.of_positives) / static_cast<double>(result.positives);
  result.variance = CovarianceOfMeans(placements, placements);
  const double half = NormalQuantile((1 + level) / 2) * std::sqrt(result.variance);
  result.interval = {std::max(0.0, result.auc - half), std::min(1.0, result.auc + half)};
  if (result.auc <= 0 || result.auc >= 1) {
    result.logit_interval = Undefined("an AUC of 0 or 1 has no logit");
    return result;
  }
  const double logit = std::log(result.auc / (1 - result.auc));
  const double logit_half = half / (result.auc * (1 - result.auc));
  const auto back = [](double x) { return 1 / (1 + std::exp(-x)); };
  result.logit_interval = Interval{back(logit - logit_half), back(logit + logit_half)};
  return result;
}

// Where the curve has its points: the counts of items at or above each
// different score, scores falling.
struct Step {
  double threshold = 0;
  uint64_t positives = 0;
  uint64_t negatives = 0;
};

// Items of equal score form one step, because no threshold separates them.
std::vector<Step> StepsOf(Labels labels, Scores scores) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [scores](size_t a, size_t b) { return scores[a] > scores[b]; });
  std::vector<Step> steps;
  Step now{.threshold = std::numeric_limits<double>::infinity()};
  for (const size_t i : order) {
    if (!steps.empty() && steps.back().threshold == scores[i]) steps.pop_back();
    now.threshold = scores[i];
    ++(labels[i] == 1 ? now.positives : now.negatives);
    steps.push_back(now);
  }
  return steps;
}

}  // namespace

Defined<double> AreaUnderRoc(Labels labels, Scores scores) {
  GYRUS_ASSIGN_OR_RETURN(const Classes classes, Split(labels, scores, 1));
  const Placements placements = PlacementsOf(classes);
  return Sum(placements.of_positives) / static_cast<double>(placements.of_positives.size());
}

Defined<DeLong> DeLongOf(Labels labels, Scores scores, double level) {
  GYRUS_RETURN_IF_ERROR(CheckLevel(level));
  GYRUS_ASSIGN_OR_RETURN(const Classes classes, Split(labels, scores, 2));
  return MakeDeLong(PlacementsOf(classes), level);
}

Defined<DeLongPair> CompareRoc(Labels labels, Scores first, Scores second) {
  GYRUS_ASSIGN_OR_RETURN(const Classes first_classes, Split(labels, first, 2));
  GYRUS_ASSIGN_OR_RETURN(const Classes second_classes, Split(labels, second, 2));
  const Placements a = PlacementsOf(first_classes);
  const Placements b = PlacementsOf(second_classes);
  DeLongPair pair{.first = MakeDeLong(a, 0.95),
                  .second = MakeDeLong(b, 0.95),
                  .covariance = CovarianceOfMeans(a, b)};
  // The differences themselves are examined, because the variances may cancel.
  const Placements difference{Differences(a.of_positives, b.of_positives),
                              Differences(a.of_negatives, b.of_negatives)};
  if (!VaryBeyondRounding(difference.of_positives, 1) &&
      !VaryBeyondRounding(difference.of_negatives, 1)) {
    return Undefined("both scores rank the items alike");
  }
  const double z =
      (pair.first.auc - pair.second.auc) / std::sqrt(CovarianceOfMeans(difference, difference));
  pair.test = {.test = "DeLong test",
               .variant = "two-sided, paired",
               .statistic_name = "z",
               .statistic = z,
               .p = NormalP(z, Alternative::kTwoSided),
               .n = {pair.first.positives, pair.first.negatives}};
  return pair;
}

Defined<double> AveragePrecision(Labels labels, Scores scores) {
  GYRUS_RETURN_IF_ERROR(CheckLabels(labels, scores));
  const double positives = static_cast<double>(std::count(labels.begin(), labels.end(), 1));
  if (positives == 0) return Undefined("no item is positive");
  double sum = 0;
  uint64_t before = 0;
  for (const Step& step : StepsOf(labels, scores)) {
    const double precision =
        static_cast<double>(step.positives) / static_cast<double>(step.positives + step.negatives);
    sum += static_cast<double>(step.positives - before) / positives * precision;
    before = step.positives;
  }
  return sum;
}

Defined<std::vector<RocPoint>> RocCurve(Labels labels, Scores scores) {
  GYRUS_ASSIGN_OR_RETURN(const Classes classes, Split(labels, scores, 1));
  std::vector<RocPoint> curve = {{.threshold = std::numeric_limits<double>::infinity()}};
  for (const Step& step : StepsOf(labels, scores)) {
    curve.push_back({.threshold = step.threshold,
                     .false_positive_rate = static_cast<double>(step.negatives) /
                                            static_cast<double>(classes.negative.size()),
                     .sensitivity = static_cast<double>(step.positives) /
                                    static_cast<double>(classes.positive.size())});
  }
  return curve;
}

Defined<double> YoudenThreshold(Labels labels, Scores scores) {
  GYRUS_ASSIGN_OR_RETURN(const Classes classes, Split(labels, scores, 1));
  const int64_t positives = static_cast<int64_t>(classes.positive.size());
  const int64_t negatives = static_cast<int64_t>(classes.negative.size());
  double threshold = 0;
  // J times both class sizes: whole numbers, which compare exactly.
  int64_t best = std::numeric_limits<int64_t>::min();
  for (const Step& step : StepsOf(labels, scores)) {
    const int64_t j = static_cast<int64_t>(step.positives) * negatives -
                      static_cast<int64_t>(step.negatives) * positives;
    if (j <= best) continue;
    best = j;
    threshold = step.threshold;
  }
  return threshold;
}

}  // namespace gyrus

#include "core/statistics/confusion.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/checks.h"

namespace gyrus {
namespace {

Defined<double> Ratio(uint64_t part, uint64_t whole, absl::string_view nothing) {
  if (whole == 0) return Undefined(nothing);
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

absl::Status CheckLabels(absl::Span<const int> labels, absl::Span<const double> scores) {
  if (labels.size() != scores.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", labels.size(), " labels for ", scores.size(), " scores"));
  }
  for (const int label : labels) {
    if (label == 0 || label == 1) continue;
    return absl::InvalidArgumentError(absl::StrCat("a label is ", label, "; it must be 0 or 1"));
  }
  return CheckFinite(scores);
}

absl::StatusOr<Confusion> ConfusionAt(absl::Span<const int> labels, absl::Span<const double> scores,
                                      double threshold) {
  GYRUS_RETURN_IF_ERROR(CheckLabels(labels, scores));
  if (std::isnan(threshold)) return absl::InvalidArgumentError("the threshold is not a number");
  Confusion c;
  for (size_t i = 0; i < labels.size(); ++i) {
    const bool positive = scores[i] >= threshold;
    if (labels[i] == 1) {
      ++(positive ? c.true_positives : c.false_negatives);
    } else {
      ++(positive ? c.false_positives : c.true_negatives);
    }
  }
  return c;
}

Defined<double> Accuracy(const Confusion& c) {
  return Ratio(c.true_positives + c.true_negatives, c.total(), "there are no items");
}

Defined<double> Sensitivity(const Confusion& c) {
  return Ratio(c.true_positives, c.true_positives + c.false_negatives, "no item is positive");
}

Defined<double> Specificity(const Confusion& c) {
  return Ratio(c.true_negatives, c.true_negatives + c.false_positives, "no item is negative");
}

Defined<double> BalancedAccuracy(const Confusion& c) {
  GYRUS_ASSIGN_OR_RETURN(const double sensitivity, Sensitivity(c));
  GYRUS_ASSIGN_OR_RETURN(const double specificity, Specificity(c));
  return (sensitivity + specificity) / 2;
}

Defined<double> PositivePredictiveValue(const Confusion& c) {
  return Ratio(c.true_positives, c.true_positives + c.false_positives, "no decision is positive");
}

Defined<double> NegativePredictiveValue(const Confusion& c) {
  return Ratio(c.true_negatives, c.true_negatives + c.false_negatives, "no decision is negative");
}

Defined<double> F1(const Confusion& c) {
  return Ratio(2 * c.true_positives, 2 * c.true_positives + c.false_positives + c.false_negatives,
               "neither an item nor a decision is positive");
}

Defined<double> MatthewsCorrelation(const Confusion& c) {
  const double tp = static_cast<double>(c.true_positives);
  const double fp = static_cast<double>(c.false_positives);
  const double tn = static_cast<double>(c.true_negatives);
  const double fn = static_cast<double>(c.false_negatives);
  const double base = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
  if (base == 0) return Undefined("a class is missing among the items or the decisions");
  return (tp * tn - fp * fn) / std::sqrt(base);
}

Defined<double> CohensKappa(const Confusion& c) {
  if (c.total() == 0) return Undefined("there are no items");
  const double n = static_cast<double>(c.total());
  const double agreed = static_cast<double>(c.true_positives + c.true_negatives);
  const double positive = static_cast<double>(c.true_positives + c.false_positives) *
                          static_cast<double>(c.true_positives + c.false_negatives);
  const double negative = static_cast<double>(c.true_negatives + c.false_negatives) *
                          static_cast<double>(c.true_negatives + c.false_positives);
  const double beyond = n * n - positive - negative;
  if (beyond == 0) return Undefined("items and decisions are all of one class");
  return (agreed * n - positive - negative) / beyond;
}

}  // namespace gyrus

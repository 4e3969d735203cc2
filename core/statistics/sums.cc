#include "core/statistics/sums.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace gyrus {

double Sum(absl::Span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

double Dot(absl::Span<const double> a, absl::Span<const double> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::vector<double> Deviations(absl::Span<const double> values) {
  const double mean = Sum(values) / static_cast<double>(values.size());
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (const double value : values) deviations.push_back(value - mean);
  return deviations;
}

double SumOfSquaredDeviations(absl::Span<const double> values) {
  if (!Vary(values)) return 0;
  const std::vector<double> deviations = Deviations(values);
  return Dot(deviations, deviations);
}

std::vector<double> Differences(absl::Span<const double> a, absl::Span<const double> b) {
  std::vector<double> differences;
  differences.reserve(a.size());
  for (size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  return differences;
}

std::vector<double> AbsoluteValues(absl::Span<const double> values) {
  std::vector<double> sizes;
  sizes.reserve(values.size());
  for (const double value : values) sizes.push_back(std::abs(value));
  return sizes;
}

bool Vary(absl::Span<const double> values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) != values.end();
}

bool VaryBeyondRounding(absl::Span<const double> values, double largest) {
  if (values.empty()) return false;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return *most - *least > 4 * std::numeric_limits<double>::epsilon() * largest;
}

double LargestMagnitude(absl::Span<const double> values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

}  // namespace gyrus

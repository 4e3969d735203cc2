// Sums in the order given. The building blocks: they check nothing.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace gyrus {

double Sum(absl::Span<const double> values);
double Dot(absl::Span<const double> a, absl::Span<const double> b);

// Of each value from the mean of all; not for no values.
std::vector<double> Deviations(absl::Span<const double> values);
double SumOfSquaredDeviations(absl::Span<const double> values);

// a[i] - b[i], as IEEE subtracts: what ties among differences depends on it.
std::vector<double> Differences(absl::Span<const double> a, absl::Span<const double> b);
std::vector<double> AbsoluteValues(absl::Span<const double> values);

// Asked of the values themselves: the mean of equal numbers may differ from
// them in the last bit, and then deviations from it are not zero.
bool Vary(absl::Span<const double> values);

// For values that came of numbers up to `largest` by a subtraction: whether they
// vary by more than its rounding, so that 0.3 - 0.1 and 0.4 - 0.2 are equal.
bool VaryBeyondRounding(absl::Span<const double> values, double largest);
// 0 for no values.
double LargestMagnitude(absl::Span<const double> values);

}  // namespace gyrus

// Sums and differences of numbers, of which the other statistics are built. They sum in
// the order given, so that equal input gives equal bits, and they check nothing.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace gyrus {

double Sum(absl::Span<const double> values);
double Dot(absl::Span<const double> a, absl::Span<const double> b);

// The deviation of each value from the mean of all. There must be at least one value.
std::vector<double> Deviations(absl::Span<const double> values);
double SumOfSquaredDeviations(absl::Span<const double> values);

// a[i] - b[i], rounded as IEEE 754 prescribes. Which differences are equal (tied) depends
// on that rounding.
std::vector<double> Differences(absl::Span<const double> a, absl::Span<const double> b);
std::vector<double> AbsoluteValues(absl::Span<const double> values);

// True if not all values are equal. Compares the values themselves, because the mean of
// equal numbers may differ from them in the last bit, and then deviations from the mean
// are not zero.
bool Vary(absl::Span<const double> values);

// True if the values, which are differences of numbers up to `largest`, vary by more than
// the rounding of the subtraction: 0.3 - 0.1 and 0.4 - 0.2 count as equal.
bool VaryBeyondRounding(absl::Span<const double> values, double largest);
// The largest absolute value; 0 if there are no values.
double LargestMagnitude(absl::Span<const double> values);

}  // namespace gyrus

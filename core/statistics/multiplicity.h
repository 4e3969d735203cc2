// Corrects the p-values of several tests for the number of tests.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace gyrus {

enum class Multiplicity {
  kBonferroni,
  kHolm,               // Holm 1979, step-down; the default for families of hypotheses.
  kHolmSidak,          // For independent tests.
  kBenjaminiHochberg,  // 1995, step-up; controls the share of false discoveries.
  kBenjaminiYekutieli  // 2001; the same under any dependence between the tests.
};

absl::string_view NameOf(Multiplicity method);

// The corrected p-values, in the order of `p`, each at most 1. An undefined test belongs
// to no family and must be left out.
// INVALID_ARGUMENT: a p-value is outside [0, 1].
absl::StatusOr<std::vector<double>> AdjustP(absl::Span<const double> p, Multiplicity method);

}  // namespace gyrus

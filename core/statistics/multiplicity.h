// p-values of several tests, raised for their number.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace gyrus {

enum class Multiplicity {
  kBonferroni,
  kHolm,               // Holm 1979, step-down: the default for families of hypotheses.
  kHolmSidak,          // For independent tests.
  kBenjaminiHochberg,  // 1995, step-up: the share of false discoveries.
  kBenjaminiYekutieli  // 2001: the same under any dependence.
};

absl::string_view NameOf(Multiplicity method);

// In the order given, at most 1. An n/a test is in no family: leave it out.
// INVALID_ARGUMENT: a p outside [0, 1].
absl::StatusOr<std::vector<double>> AdjustP(absl::Span<const double> p, Multiplicity method);

}  // namespace gyrus

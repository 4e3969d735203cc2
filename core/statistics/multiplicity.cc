#include "core/statistics/multiplicity.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

// Corrects the p at `place` (from 0, rising), before the p are made monotone.
double Raised(double p, double place, double n, Multiplicity method) {
  const double left = n - place;
  switch (method) {
    case Multiplicity::kBonferroni:
      return n * p;
    case Multiplicity::kHolm:
      return left * p;
    case Multiplicity::kHolmSidak:
      return p < 1 ? -std::expm1(left * std::log1p(-p)) : 1;
    case Multiplicity::kBenjaminiHochberg:
      return p * n / (place + 1);
    case Multiplicity::kBenjaminiYekutieli:
      break;
  }
  double harmonic = 0;
  for (double i = 1; i <= n; ++i) harmonic += 1 / i;
  return p * n / (place + 1) * harmonic;
}

bool StepsUp(Multiplicity method) {
  return method == Multiplicity::kBenjaminiHochberg || method == Multiplicity::kBenjaminiYekutieli;
}

}  // namespace

absl::string_view NameOf(Multiplicity method) {
  switch (method) {
    case Multiplicity::kBonferroni:
      return "Bonferroni";
    case Multiplicity::kHolm:
      return "Holm";
    case Multiplicity::kHolmSidak:
      return "Holm-Sidak";
    case Multiplicity::kBenjaminiHochberg:
      return "Benjamini-Hochberg";
    case Multiplicity::kBenjaminiYekutieli:
      break;
  }
  return "Benjamini-Yekutieli";
}

absl::StatusOr<std::vector<double>> AdjustP(absl::Span<const double> p, Multiplicity method) {
  for (const double value : p) {
    if (value >= 0 && value <= 1) continue;
    return absl::InvalidArgumentError(absl::StrCat(value, " is no p-value"));
  }
  std::vector<size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [p](size_t a, size_t b) { return p[a] < p[b]; });
  std::vector<double> raised;
  for (size_t i = 0; i < order.size(); ++i) {
    raised.push_back(
        Raised(p[order[i]], static_cast<double>(i), static_cast<double>(p.size()), method));
  }
  if (StepsUp(method)) {
    for (size_t i = raised.size(); i-- > 1;) raised[i - 1] = std::min(raised[i - 1], raised[i]);
  } else {
    for (size_t i = 1; i < raised.size(); ++i) raised[i] = std::max(raised[i - 1], raised[i]);
  }
  std::vector<double> adjusted(p.size());
  for (size_t i = 0; i < order.size(); ++i) adjusted[order[i]] = std::min(1.0, raised[i]);
  return adjusted;
}

}  // namespace gyrus

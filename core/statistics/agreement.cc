#include "core/statistics/agreement.h"

#include <vector>

#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/moments.h"
#include "core/statistics/ranks.h"
#include "core/statistics/sums.h"
#include "core/statistics/variation.h"

namespace gyrus {

Defined<BlandAltman> BlandAltmanOf(absl::Span<const double> first,
                                   absl::Span<const double> second) {
  GYRUS_RETURN_IF_ERROR(CheckPairs(first, second));
  const std::vector<double> differences = Differences(second, first);
  GYRUS_ASSIGN_OR_RETURN(const double bias, Mean(differences));
  GYRUS_ASSIGN_OR_RETURN(const double sd, StandardDeviation(differences, 1));
  return BlandAltman{
      .n = first.size(), .bias = bias, .sd = sd, .limits = {bias - 1.96 * sd, bias + 1.96 * sd}};
}

Defined<IntraclassCorrelation> IntraclassCorrelationOf(
    absl::Span<const absl::Span<const double>> raters) {
  GYRUS_RETURN_IF_ERROR(CheckRows(raters, 2));
  const size_t subjects = raters.front().size();
  if (subjects < 2) return Undefined("there are fewer than two subjects");
  if (!Vary(Pooled(raters))) return Undefined("all ratings have one value");
  const Variation variation = VariationOf(raters);
  const double k = variation.rows;
  const double n = variation.columns;
  const double between_raters = variation.between_rows / (k - 1);
  const double between_subjects = variation.between_columns / (n - 1);
  const double residual = variation.residual / variation.residual_df();
  // The formulas are those of Shrout and Fleiss (1979), ICC(2,1) and ICC(3,1), written with
  // mean squares.
  const double excess = between_subjects - residual;
  const double consistency_base = between_subjects + (k - 1) * residual;
  const double absolute_base = consistency_base + k * (between_raters - residual) / n;
  if (consistency_base == 0) return Undefined("the subjects do not differ");
  return IntraclassCorrelation{.absolute = InRange(excess / absolute_base),
                               .consistency = excess / consistency_base,
                               .raters = raters.size(),
                               .subjects = subjects};
}

Defined<double> MeanSpreadOverSeeds(absl::Span<const absl::Span<const double>> seeds) {
  GYRUS_RETURN_IF_ERROR(CheckRows(seeds, 2));
  std::vector<double> spreads;
  for (size_t scan = 0; scan < seeds.front().size(); ++scan) {
    std::vector<double> over_seeds;
    for (const absl::Span<const double> seed : seeds) over_seeds.push_back(seed[scan]);
    GYRUS_ASSIGN_OR_RETURN(const double spread, StandardDeviation(over_seeds, 1));
    spreads.push_back(spread);
  }
  return Mean(spreads);
}

}  // namespace gyrus

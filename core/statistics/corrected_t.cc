#include "core/statistics/corrected_t.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"
#include "core/statistics/moments.h"
#include "core/statistics/student_t.h"
#include "core/statistics/sums.h"

namespace gyrus {

Defined<TestResult> CorrectedT(absl::Span<const double> a, absl::Span<const double> b,
                               double test_share, Alternative alternative) {
  if (!(test_share > 0 && std::isfinite(test_share))) {
    return absl::InvalidArgumentError("test parts need a share of the training parts above 0");
  }
  GYRUS_ASSIGN_OR_RETURN(TestResult result, PairedT(a, b, alternative));
  // The naive t has var / J below its root.
  const double parts = static_cast<double>(a.size());
  result.statistic /= std::sqrt(1 + parts * test_share);
  result.p = StudentP(result.statistic, parts - 1, alternative);
  result.test = "corrected resampled t test (Nadeau-Bengio)";
  result.correction = "overlapping training parts";
  return result;
}

Defined<Interval> CorrectedInterval(absl::Span<const double> a, absl::Span<const double> b,
                                    double test_share, double level) {
  if (!(test_share > 0 && std::isfinite(test_share))) {
    return absl::InvalidArgumentError("test parts need a share of the training parts above 0");
  }
  GYRUS_RETURN_IF_ERROR(CheckPairs(a, b));
  if (a.size() < 2) return Undefined("there are fewer than two folds");
  const std::vector<double> differences = Differences(a, b);
  if (!VaryBeyondRounding(differences, std::max(LargestMagnitude(a), LargestMagnitude(b)))) {
    return Undefined("the differences do not vary");
  }
  const double parts = static_cast<double>(differences.size());
  GYRUS_ASSIGN_OR_RETURN(const double mean, Mean(differences));
  GYRUS_ASSIGN_OR_RETURN(const double variance, Variance(differences, 1));
  const double half =
      StudentQuantile((1 + level) / 2, parts - 1) * std::sqrt((1 / parts + test_share) * variance);
  return Interval{mean - half, mean + half};
}

Defined<TestResult> CorrectedT(absl::Span<const double> a, absl::Span<const double> b,
                               const CrossValidation& split, Alternative alternative) {
  if (split.folds < 2 || split.repeats < 1 ||
      a.size() != uint64_t{split.folds} * uint64_t{split.repeats}) {
    return absl::InvalidArgumentError(absl::StrCat(a.size(), " values are not those of ",
                                                   split.repeats, " repeats of ", split.folds,
                                                   " folds"));
  }
  return CorrectedT(a, b, 1.0 / (split.folds - 1), alternative);
}

}  // namespace gyrus

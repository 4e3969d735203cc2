#include "core/evaluate/error_comparison.h"

#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/test_outcome.h"
#include "core/statistics/bootstrap.h"
#include "core/statistics/checks.h"
#include "core/statistics/effect_size.h"
#include "core/statistics/moments.h"
#include "core/statistics/sums.h"
#include "core/statistics/wilcoxon.h"

namespace gyrus {
namespace {

absl::StatusOr<v1::Estimate> EffectSizeOf(const PairedErrors& errors) {
  constexpr char kMethod[] = "95% of the noncentral t";
  const size_t n = errors.first.size();
  const auto effect = PairedEffectOf(errors.first, errors.second);
  if (!effect.ok()) return EstimateOf(effect.status(), effect.status(), kMethod, n);
  return EstimateOf(effect->dz, effect->exact, kMethod, n);
}

}  // namespace

// Subjects are drawn, not sessions or items, because the errors of one subject are not
// independent.
absl::StatusOr<v1::Estimate> MeanWithInterval(absl::Span<const double> values, uint64_t seed) {
  std::vector<size_t> subjects(values.size());
  std::iota(subjects.begin(), subjects.end(), 0);
  const auto mean = [values](absl::Span<const size_t> drawn) {
    std::vector<double> resampled;
    for (const size_t subject : drawn) resampled.push_back(values[subject]);
    return Mean(resampled);
  };
  const auto drawn =
      BootstrapBySubject(subjects, mean, {.seed = seed, .resamples = kComparisonResamples});
  return EstimateOf(
      Mean(values), drawn.ok() ? drawn->bca : drawn.status(),
      absl::StrCat("95% BCa, ", kComparisonResamples, " resamples of subjects, seed ", seed),
      values.size());
}

absl::Status CompareErrors(const PairedErrors& errors, Alternative alternative, uint64_t seed,
                           v1::Comparison& comparison) {
  GYRUS_ASSIGN_OR_RETURN(*comparison.add_tests(),
                         OutcomeOf(v1::TEST_KIND_WILCOXON, Wilcoxon(errors.first, errors.second,
                                                                    {.alternative = alternative})));
  GYRUS_ASSIGN_OR_RETURN(*comparison.mutable_error_difference(),
                         MeanWithInterval(Differences(errors.first, errors.second), seed));
  GYRUS_ASSIGN_OR_RETURN(*comparison.mutable_effect_size(), EffectSizeOf(errors));
  return absl::OkStatus();
}

}  // namespace gyrus

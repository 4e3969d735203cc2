#include "core/evaluate/cumulative_scores.h"

#include <algorithm>

#include "common/status.h"
#include "core/statistics/errors.h"

namespace gyrus {

absl::StatusOr<std::vector<v1::CumulativeScore>> CumulativeScoresOf(
    const TestedArm& arm, absl::Span<const double> alphas) {
  // The items of all folds are pooled, because a percentage of a few items per fold would
  // be coarse.
  std::vector<double> rising(alphas.begin(), alphas.end());
  std::sort(rising.begin(), rising.end());
  std::vector<double> targets, predictions;
  for (const TestedFold& fold : arm.folds) {
    for (const v1::Prediction& p : fold.predictions) {
      if (!p.has_target()) continue;
      targets.push_back(p.target());
      predictions.push_back(p.prediction());
    }
  }
  const auto percents = CumulativeScores(targets, predictions, rising);
  GYRUS_RETURN_IF_ERROR(percents.status().error());
  std::vector<v1::CumulativeScore> scores;
  for (size_t i = 0; i < rising.size(); ++i) {
    v1::CumulativeScore& score = scores.emplace_back();
    score.set_alpha(rising[i]);
    score.set_n(static_cast<uint32_t>(targets.size()));
    if (percents.ok()) {
      score.set_percent((*percents)[i]);
    } else {
      score.set_reason(percents.status().message());
    }
  }
  return scores;
}

}  // namespace gyrus

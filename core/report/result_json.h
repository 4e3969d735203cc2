// The result of an experiment, for programs.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// One line, without a line break:
//
//   {experiment, id, state, split_hash, unit, sd_ddof, warnings: [text],
//    reasons?: [{code, message}],
//    arms: [{name, folds_done, mean: METRICS, sd: METRICS, baseline: {mae},
//      undefined?: {METRIC: {folds, reason}}, cs?, bias_correction?,
//      folds: [{repeat, fold, state, reason?: {code, message}, n,
//        without_target, metrics: METRICS, undefined?: {METRIC: reason},
//        baseline: {mae}, weights_sha256, predictions_sha256, predictions,
//        checkpoint, selected_epoch,
//        items_seen: [{epoch, position, item, digest}], seen_digest,
//        served_set_digest}]}],
//    comparisons?, groups?}
//
// METRICS has the names of those asked for; mae, rmse, r2 and pearson are there
// wherever a metric of numbers is asked for. A baseline of classes is
// {accuracy}. json_parts.h has the other parts. null: undefined, or not there.
// Digests are lower-case hex. Numbers read back as the same double. `reasons` is
// there only when the experiment is INVALID, a fold's `reason` only when it has
// one.
std::string ResultToJson(const v1::Result& result);

}  // namespace gyrus

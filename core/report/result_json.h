// Writes the result of an experiment as JSON, for result.json and
// `gyrus results --json`.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

// One line without a line break, here shown in several:
//
//   {experiment, id, state, split_hash, unit, sd_ddof, pool, warnings: [text],
//    tested_group?, reasons?: [{code, message}],
//    arms: [{name, folds_done, mean: METRICS, sd: METRICS, baseline: {mae},
//      undefined?: {METRIC: {folds, reason}},
//      pooled?: {n, metrics: METRICS, undefined?: {METRIC: reason}},
//      baseline_comparison?: {metric, difference: ESTIMATE}, cs?, bias_correction?,
//      folds: [{repeat, fold, state, reason?: {code, message}, tested_groups?: [text], n,
//        without_target, metrics: METRICS, undefined?: {METRIC: reason},
//        baseline: {mae}, weights_sha256, predictions_sha256, predictions,
//        checkpoint, selected_epoch,
//        items_seen: [{epoch, position, item, digest}], seen_digest,
//        served_set_digest}]}],
//    comparisons?, groups?}
//
// METRICS has a key for each metric that was asked for; mae, rmse, r2 and pearson are
// there whenever a metric of numbers was asked for. The baseline of classes is
// {accuracy}. json_parts.h has the other parts. A value is null if it is undefined or
// missing. Digests are in lower-case hexadecimal digits. Numbers read back as the same
// double. `reasons` is there only if the experiment is INVALID, and the `reason` of a fold
// only if it has one.
std::string ResultToJson(const v1::Result& result);

}  // namespace gyrus

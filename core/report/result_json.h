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
//      folds: [{repeat, fold, state, reason?: {code, message}, n,
//        metrics: METRICS, baseline: {mae}, weights_sha256,
//        predictions_sha256, predictions, checkpoint, selected_epoch,
//        ranks: [{rank, visits: [{epoch, position, item, digest}],
//          visit_digest, served_set_digest}]}]}]}
//
// METRICS is {mae, rmse, r2, pearson}. null: undefined, or not there. Digests
// are lower-case hex. Numbers read back as the same double. `reasons` is there
// only when the experiment is INVALID, a fold's `reason` only when it has one.
std::string ResultToJson(const v1::Result& result);

}  // namespace gyrus

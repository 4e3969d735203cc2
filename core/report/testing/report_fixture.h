// A result with two arms, of which one has a hole, for the tests of this folder.
#pragma once

#include <string>

#include "gyrus/v1/result.pb.h"

namespace gyrus {

inline void SetMetric(v1::Metric metric, double value, v1::Metrics& metrics) {
  v1::MetricValue& added = *metrics.add_values();
  added.set_metric(metric);
  added.set_value(value);
  added.set_folds(1);
}

inline v1::FoldResult MakeDoneFold(uint32_t fold, double mae) {
  v1::FoldResult result;
  result.set_fold(fold);
  result.set_state(v1::TRIAL_STATE_DONE);
  result.set_n(4);
  SetMetric(v1::METRIC_MAE, mae, *result.mutable_metrics());
  SetMetric(v1::METRIC_R2, 0.5, *result.mutable_metrics());
  if (fold == 1) {
    v1::MetricValue& r2 = *result.mutable_metrics()->mutable_values(1);
    r2.clear_value();
    r2.set_reason("the targets have one value");
  }
  SetMetric(v1::METRIC_MAE, 8, *result.mutable_baseline());
  result.set_weights_sha256(std::string(2, '\x0a'));
  result.set_predictions_sha256(std::string(2, '\x0b'));
  result.set_predictions("predictions/T1w/r0-f0.tsv");
  result.set_checkpoint("checkpoints/T1w/r0-f0");
  result.set_selected_epoch(3);
  result.set_seen_digest("\x01");
  result.set_served_set_digest("\x02");
  v1::EpochItemsSeen& epoch = *result.add_epochs();
  epoch.set_epoch(1);
  v1::SeenItem& item = *epoch.add_items_seen();
  item.set_position(5);
  item.set_item("c/s/1");
  item.set_tensor_digest("\xff");
  return result;
}

inline v1::Result MakeIncompleteResult() {
  v1::Result result;
  result.set_experiment("ages");
  result.set_id("ab12cd34");
  result.set_state(v1::EXPERIMENT_STATE_INCOMPLETE);
  result.set_split_hash(std::string(2, '\x12'));
  result.set_unit("months");
  result.set_sd_ddof(1);
  result.add_warnings("mind the gap");
  for (const v1::Metric metric : {v1::METRIC_MAE, v1::METRIC_R2}) result.add_metrics(metric);
  v1::ArmResult& whole = *result.add_arms();
  whole.set_name("T1w");
  *whole.add_folds() = MakeDoneFold(0, 1.5);
  *whole.add_folds() = MakeDoneFold(1, 2.5);
  whole.set_folds_done(2);
  SetMetric(v1::METRIC_MAE, 2, *whole.mutable_mean());
  SetMetric(v1::METRIC_R2, 0.5, *whole.mutable_mean());
  whole.mutable_mean()->mutable_values(1)->set_undefined(1);
  whole.mutable_mean()->mutable_values(1)->set_reason("the targets have one value");
  SetMetric(v1::METRIC_MAE, 0.70710678118654757, *whole.mutable_sd());
  SetMetric(v1::METRIC_MAE, 8, *whole.mutable_baseline_mean());
  v1::ArmResult& holed = *result.add_arms();
  holed.set_name("RI");
  *holed.add_folds() = MakeDoneFold(0, 3);
  v1::FoldResult& hole = *holed.add_folds();
  hole.set_fold(1);
  hole.set_n(4);
  hole.set_state(v1::TRIAL_STATE_FAILED);
  hole.mutable_reason()->set_code(v1::REASON_CODE_TRAINER_FAILED);
  hole.mutable_reason()->set_message("the loss is not finite");
  SetMetric(v1::METRIC_MAE, 9, *hole.mutable_baseline());
  holed.set_folds_done(1);
  SetMetric(v1::METRIC_MAE, 3, *holed.mutable_mean());
  SetMetric(v1::METRIC_R2, 0.5, *holed.mutable_mean());
  SetMetric(v1::METRIC_MAE, 8, *holed.mutable_baseline_mean());
  return result;
}

// The same with external items, of which an ensemble of T1w has five networks.
inline v1::Result MakeExternalResult() {
  v1::Result result = MakeIncompleteResult();
  v1::ExternalResult& external = *result.mutable_arms(0)->mutable_external();
  external.set_n(10);
  external.set_without_target(2);
  external.set_networks(5);
  SetMetric(v1::METRIC_MAE, 2.5, *external.mutable_mean());
  external.mutable_mean()->mutable_values(0)->set_folds(4);
  external.mutable_mean()->mutable_values(0)->set_undefined(1);
  external.mutable_mean()->mutable_values(0)->set_reason("there is one item");
  SetMetric(v1::METRIC_MAE, 0.25, *external.mutable_sd());
  SetMetric(v1::METRIC_MAE, 1.75, *external.mutable_ensemble());
  v1::MetricValue& r2 = *external.mutable_ensemble()->add_values();
  r2.set_metric(v1::METRIC_R2);
  r2.set_reason("the targets have one value");
  result.mutable_arms(1)->mutable_external()->set_n(10);
  return result;
}

}  // namespace gyrus

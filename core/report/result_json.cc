#include "core/report/result_json.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "common/digest.h"
#include "core/evaluate/metrics.h"
#include "core/report/json_parts.h"
#include "core/report/state_name.h"
#include "core/spec/metric.h"

namespace gyrus {
namespace {

Json DigestOrNull(const std::string& digest) { return TextOrNull(Hex(digest)); }

// Programs may count on these where a number is predicted, asked for or not.
constexpr std::array<v1::Metric, 4> kAlwaysOfNumbers = {v1::METRIC_MAE, v1::METRIC_RMSE,
                                                        v1::METRIC_R2, v1::METRIC_PEARSON};

// The names of METRICS.
std::vector<v1::Metric> KeysOf(const v1::Result& result) {
  std::vector<v1::Metric> keys;
  const auto add = [&keys](v1::Metric metric) {
    if (std::count(keys.begin(), keys.end(), metric) == 0) keys.push_back(metric);
  };
  for (const int metric : result.metrics()) {
    if (OutputKindOf(static_cast<v1::Metric>(metric)) != OutputKind::kNumber) continue;
    for (const v1::Metric always : kAlwaysOfNumbers) add(always);
  }
  for (const int metric : result.metrics()) add(static_cast<v1::Metric>(metric));
  return keys;
}

Json ToJson(const v1::Metrics& metrics, const std::vector<v1::Metric>& keys) {
  Json json = Json::object();
  for (const v1::Metric metric : keys) json[NameOf(metric)] = OrNull(ValueOf(metrics, metric));
  return json;
}

Json BaselineToJson(const v1::Metrics& metrics) {
  Json json = Json::object();
  for (const v1::MetricValue& value : metrics.values()) {
    json[NameOf(value.metric())] = OrNull(ValueOf(metrics, value.metric()));
  }
  return json;
}

// Why a fold's metrics are null.
void AddUndefined(const v1::Metrics& metrics, Json& json) {
  for (const v1::MetricValue& value : metrics.values()) {
    if (!value.has_value()) json["undefined"][NameOf(value.metric())] = value.reason();
  }
}

// Adds the number of folds that a mean leaves out because they are undefined.
void AddUndefinedFolds(const v1::Metrics& mean, Json& json) {
  for (const v1::MetricValue& value : mean.values()) {
    if (value.undefined() == 0) continue;
    json["undefined"][NameOf(value.metric())] = {{"folds", value.undefined()},
                                                 {"reason", value.reason()}};
  }
}

Json ToJson(const v1::Reason& reason) {
  return {{"code", NameOf(reason.code())}, {"message", reason.message()}};
}

// Adds the log of the items that the fold was trained on. The items are left out where
// there are too many.
void AddItemsSeen(const v1::FoldResult& fold, Json& json) {
  Json items_seen = Json::array();
  for (const v1::EpochItemsSeen& epoch : fold.epochs()) {
    for (const v1::SeenItem& item : epoch.items_seen()) {
      items_seen.push_back({{"epoch", epoch.epoch()},
                            {"position", item.position()},
                            {"item", item.item()},
                            {"digest", Hex(item.tensor_digest())}});
    }
  }
  if (!items_seen.empty()) json["items_seen"] = std::move(items_seen);
  json["seen_digest"] = DigestOrNull(fold.seen_digest());
  json["served_set_digest"] = DigestOrNull(fold.served_set_digest());
}

Json ToJson(const v1::FoldResult& fold, const std::vector<v1::Metric>& keys) {
  const bool done = fold.state() == v1::TRIAL_STATE_DONE;
  Json json = {{"repeat", fold.repeat()}, {"fold", fold.fold()}, {"state", NameOf(fold.state())}};
  if (fold.has_reason()) json["reason"] = ToJson(fold.reason());
  for (const std::string& group : fold.tested_groups()) json["tested_groups"].push_back(group);
  json["n"] = fold.n();
  json["without_target"] = fold.without_target();
  json["metrics"] = ToJson(fold.metrics(), keys);
  AddUndefined(fold.metrics(), json);
  json["baseline"] = BaselineToJson(fold.baseline());
  json["weights_sha256"] = DigestOrNull(fold.weights_sha256());
  json["predictions_sha256"] = DigestOrNull(fold.predictions_sha256());
  json["predictions"] = TextOrNull(fold.predictions());
  json["checkpoint"] = TextOrNull(fold.checkpoint());
  if (fold.has_external_metrics()) {
    json["external"] = {{"metrics", ToJson(fold.external_metrics(), keys)},
                        {"predictions", fold.external_predictions()},
                        {"predictions_sha256", Hex(fold.external_predictions_sha256())}};
    AddUndefined(fold.external_metrics(), json["external"]);
  }
  json["selected_epoch"] = done ? Json(fold.selected_epoch()) : Json(nullptr);
  AddItemsSeen(fold, json);
  return json;
}

Json ToJson(const v1::ExternalResult& external, const std::vector<v1::Metric>& keys) {
  Json json = {{"n", external.n()},
               {"without_target", external.without_target()},
               {"networks", external.networks()},
               {"mean", ToJson(external.mean(), keys)},
               {"sd", ToJson(external.sd(), keys)},
               {"ensemble", ToJson(external.ensemble(), keys)},
               {"predictions", TextOrNull(external.predictions())}};
  AddUndefinedFolds(external.mean(), json);
  for (const v1::MetricValue& value : external.ensemble().values()) {
    if (!value.has_value()) json["ensemble_undefined"][NameOf(value.metric())] = value.reason();
  }
  return json;
}

Json ToJson(const v1::ArmResult& arm, const std::vector<v1::Metric>& keys) {
  Json folds = Json::array();
  for (const v1::FoldResult& fold : arm.folds()) folds.push_back(ToJson(fold, keys));
  Json json = {{"name", arm.name()},
               {"folds", std::move(folds)},
               {"folds_done", arm.folds_done()},
               {"mean", ToJson(arm.mean(), keys)},
               {"sd", ToJson(arm.sd(), keys)},
               {"baseline", BaselineToJson(arm.baseline_mean())}};
  AddUndefinedFolds(arm.mean(), json);
  if (arm.has_pooled()) {
    json["pooled"] = {{"n", arm.pooled().n()}, {"metrics", ToJson(arm.pooled().metrics(), keys)}};
    AddUndefined(arm.pooled().metrics(), json["pooled"]);
  }
  if (arm.has_baseline_comparison()) {
    json["baseline_comparison"] = BaselineComparisonToJson(arm.baseline_comparison());
  }
  for (const v1::CumulativeScore& score : arm.cumulative_scores()) {
    json["cs"].push_back(CumulativeScoreToJson(score));
  }
  if (arm.has_external()) json["external"] = ToJson(arm.external(), keys);
  if (arm.has_bias()) json["bias_correction"] = BiasToJson(arm.bias());
  return json;
}

}  // namespace

std::string ResultToJson(const v1::Result& result) {
  Json json = {{"experiment", result.experiment()},
               {"id", result.id()},
               {"state", NameOf(result.state())},
               {"split_hash", DigestOrNull(result.split_hash())},
               {"unit", TextOrNull(result.unit())},
               {"sd_ddof", result.sd_ddof()},
               {"pool", result.pool() == v1::POOL_ITEMS ? "items" : "folds"},
               {"warnings", Json::array()},
               {"arms", Json::array()}};
  for (const std::string& warning : result.warnings()) json["warnings"].push_back(warning);
  if (!result.tested_group().empty()) json["tested_group"] = result.tested_group();
  const std::vector<v1::Metric> keys = KeysOf(result);
  for (const v1::ArmResult& arm : result.arms()) json["arms"].push_back(ToJson(arm, keys));
  if (result.has_comparisons()) json["comparisons"] = ComparisonsToJson(result.comparisons());
  if (result.has_external_comparisons()) {
    json["external_comparisons"] = ComparisonsToJson(result.external_comparisons());
  }
  for (const v1::GroupTable& table : result.group_tables()) {
    json["groups"].push_back(GroupTableToJson(table));
  }
  for (const v1::Reason& reason : result.reasons()) json["reasons"].push_back(ToJson(reason));
  return Dump(json);
}

}  // namespace gyrus

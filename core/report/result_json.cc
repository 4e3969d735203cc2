#include "core/report/result_json.h"

#include <optional>
#include <utility>

#include "common/digest.h"
#include "core/evaluate/metrics.h"
#include "core/report/state_name.h"
#include "nlohmann/json.hpp"

namespace gyrus {
namespace {

using Json = nlohmann::ordered_json;

Json OrNull(std::optional<double> number) { return number ? Json(*number) : Json(nullptr); }

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json DigestOrNull(const std::string& digest) { return TextOrNull(Hex(digest)); }

Json ToJson(const v1::Metrics& metrics) {
  return {{"mae", OrNull(ValueOf(metrics, v1::METRIC_MAE))},
          {"rmse", OrNull(ValueOf(metrics, v1::METRIC_RMSE))},
          {"r2", OrNull(ValueOf(metrics, v1::METRIC_R2))},
          {"pearson", OrNull(ValueOf(metrics, v1::METRIC_PEARSON))}};
}

Json BaselineToJson(const v1::Metrics& metrics) {
  return {{"mae", OrNull(ValueOf(metrics, v1::METRIC_MAE))}};
}

Json ToJson(const v1::Reason& reason) {
  return {{"code", NameOf(reason.code())}, {"message", reason.message()}};
}

Json ToJson(const v1::RankResult& rank) {
  Json visits = Json::array();
  for (const v1::EpochVisits& epoch : rank.epochs()) {
    for (const v1::Visit& visit : epoch.visits()) {
      visits.push_back({{"epoch", epoch.epoch()},
                        {"position", visit.position()},
                        {"item", visit.item()},
                        {"digest", Hex(visit.tensor_digest())}});
    }
  }
  return {{"rank", rank.rank()},
          {"visits", std::move(visits)},
          {"visit_digest", DigestOrNull(rank.visit_digest())},
          {"served_set_digest", DigestOrNull(rank.served_set_digest())}};
}

Json ToJson(const v1::FoldResult& fold) {
  const bool done = fold.state() == v1::TRIAL_STATE_DONE;
  Json json = {{"repeat", fold.repeat()}, {"fold", fold.fold()}, {"state", NameOf(fold.state())}};
  if (fold.has_reason()) json["reason"] = ToJson(fold.reason());
  json["n"] = fold.n();
  json["metrics"] = ToJson(fold.metrics());
  json["baseline"] = BaselineToJson(fold.baseline());
  json["weights_sha256"] = DigestOrNull(fold.weights_sha256());
  json["predictions_sha256"] = DigestOrNull(fold.predictions_sha256());
  json["predictions"] = TextOrNull(fold.predictions());
  json["checkpoint"] = TextOrNull(fold.checkpoint());
  json["selected_epoch"] = done ? Json(fold.selected_epoch()) : Json(nullptr);
  json["ranks"] = Json::array();
  for (const v1::RankResult& rank : fold.ranks()) json["ranks"].push_back(ToJson(rank));
  return json;
}

Json ToJson(const v1::ArmResult& arm) {
  Json folds = Json::array();
  for (const v1::FoldResult& fold : arm.folds()) folds.push_back(ToJson(fold));
  return {{"name", arm.name()},
          {"folds", std::move(folds)},
          {"folds_done", arm.folds_done()},
          {"mean", ToJson(arm.mean())},
          {"sd", ToJson(arm.sd())},
          {"baseline", BaselineToJson(arm.baseline_mean())}};
}

}  // namespace

std::string ResultToJson(const v1::Result& result) {
  Json json = {
      {"experiment", result.experiment()}, {"id", result.id()},
      {"state", NameOf(result.state())},   {"split_hash", DigestOrNull(result.split_hash())},
      {"unit", TextOrNull(result.unit())}, {"sd_ddof", result.sd_ddof()},
      {"warnings", Json::array()},         {"arms", Json::array()}};
  for (const std::string& warning : result.warnings()) json["warnings"].push_back(warning);
  for (const v1::ArmResult& arm : result.arms()) json["arms"].push_back(ToJson(arm));
  for (const v1::Reason& reason : result.reasons()) json["reasons"].push_back(ToJson(reason));
  // A message may quote bytes of a file; `replace` keeps the JSON valid.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace gyrus

#include "cli/view_json.h"

#include "absl/time/time.h"
#include "core/report/plan_json.h"
#include "core/report/state_name.h"
#include "nlohmann/json.hpp"

namespace gyrus::cli {
namespace {

using Json = nlohmann::ordered_json;

// RFC 3339, UTC; null for 0.
Json TimeOrNull(int64_t time_us) {
  if (time_us == 0) return nullptr;
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(time_us),
                          absl::UTCTimeZone());
}

Json ToJson(const v1::Reason& reason) {
  return {{"code", NameOf(reason.code())}, {"message", reason.message()}};
}

Json ToJson(const google::protobuf::RepeatedPtrField<v1::Reason>& reasons) {
  Json json = Json::array();
  for (const v1::Reason& reason : reasons) json.push_back(ToJson(reason));
  return json;
}

// Workers that get no trial for a while.
Json ToJson(const google::protobuf::RepeatedPtrField<v1::WorkerView>& workers) {
  Json json = Json::array();
  for (const v1::WorkerView& worker : workers) {
    json.push_back({{"worker", worker.id()}, {"reason", ToJson(worker.resting())}});
  }
  return json;
}

Json ToJson(const v1::TrialProgress& progress) {
  Json json = {{"epoch", progress.epoch()},
               {"step", progress.step()},
               {"steps_total", progress.steps_total()},
               {"train_loss", progress.train_loss()},
               {"validation_loss", nullptr},
               {"items_per_second", progress.items_per_second()},
               {"seconds_left", nullptr}};
  if (progress.has_validation_loss()) json["validation_loss"] = progress.validation_loss();
  if (progress.seconds_left() > 0) json["seconds_left"] = progress.seconds_left();
  if (progress.resumed_step() > 0) json["resumed_step"] = progress.resumed_step();
  if (!progress.restart_reason().empty()) json["restart_reason"] = progress.restart_reason();
  if (progress.has_waiting()) json["waiting"] = ToJson(progress.waiting());
  return json;
}

Json ToJson(const v1::TrialView& trial) {
  Json json = {{"id", trial.id()},
               {"state", NameOf(trial.state())},
               {"attempt", trial.attempt()},
               {"epochs", trial.epochs()},
               {"workers", Json::array()}};
  for (const std::string& worker : trial.workers()) json["workers"].push_back(worker);
  if (trial.has_reason()) json["reason"] = ToJson(trial.reason());
  if (trial.has_progress()) json["progress"] = ToJson(trial.progress());
  return json;
}

Json ToJson(const v1::ExperimentView& view) {
  Json json = {{"experiment", view.name()},
               {"id", view.id()},
               {"state", NameOf(view.state())},
               {"cancelled", view.cancelled()},
               {"submitted", TimeOrNull(view.submitted_us())},
               {"ended", TimeOrNull(view.ended_us())},
               {"images_read", view.admission().images_read()},
               {"images_total", view.admission().images_total()},
               {"trials_done", view.trials_done()},
               {"trials_total", view.trials_total()},
               {"reasons", ToJson(view.reasons())},
               {"warnings", Json::array()},
               {"trials", Json::array()}};
  for (const std::string& warning : view.warnings()) json["warnings"].push_back(warning);
  for (const v1::TrialView& trial : view.trials()) json["trials"].push_back(ToJson(trial));
  if (view.admission().has_waiting()) json["waiting"] = ToJson(view.admission().waiting());
  if (!view.resting().empty()) json["resting"] = ToJson(view.resting());
  if (view.has_plan()) json["plan"] = Json::parse(PlanToJson(view.plan()));
  return json;
}

// A message may quote bytes of a file; `replace` keeps the JSON valid.
std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string ViewToJson(const v1::ExperimentView& view) { return Line(ToJson(view)); }

std::string ListToJson(const v1::ListReply& list) {
  Json experiments = Json::array();
  for (const v1::ExperimentView& view : list.experiments()) experiments.push_back(ToJson(view));
  return Line({{"experiments", std::move(experiments)}});
}

std::string RefusalToJson(const std::string& experiment, const v1::PlanRefusal& refusal) {
  return Line({{"experiment", experiment}, {"reasons", ToJson(refusal.reasons())}});
}

}  // namespace gyrus::cli

#include "core/report/plan_json.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/digest.h"
#include "core/report/sample_summary.h"
#include "core/report/samples_text.h"
#include "core/spec/task.h"
#include "nlohmann/json.hpp"

namespace gyrus {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json ListOf(const T& values) {
  return Json(Json::array_t(values.begin(), values.end()));
}

Json ItemIds(const v1::Plan& plan, const google::protobuf::RepeatedField<uint32_t>& samples) {
  Json ids = Json::array();
  for (const uint32_t index : samples) ids.push_back(plan.samples(static_cast<int>(index)).id());
  return ids;
}

Json ToJson(const v1::Plan& plan, const v1::Fold& fold) {
  Json json = {{"repeat", fold.repeat()},
               {"fold", fold.fold()},
               {"train", ItemIds(plan, fold.train())},
               {"validation", ItemIds(plan, fold.validation())},
               {"test", ItemIds(plan, fold.test())}};
  const std::vector<std::string> groups = TestedGroups(plan, fold);
  if (!groups.empty()) json["tested_groups"] = ListOf(groups);
  return json;
}

Json ToJson(const v1::ArmPlan& arm) {
  const v1::NetworkCost& network = arm.network();
  return {{"name", arm.name()},
          {"channels", ListOf(arm.channels())},
          {"target", TargetOf(arm.task())},
          {"unit", UnitOf(arm.task())},
          {"item", arm.train().item() == v1::TRAIN_ITEM_SLICE ? "slice" : "volume"},
          {"epochs", arm.train().epochs()},
          {"batch", arm.train().batch()},
          {"leaf", arm.train().leaf()},
          {"input_shape", ListOf(arm.input_shape())},
          {"parameters", network.parameters()},
          {"macs", network.macs()},
          {"parameter_bytes", network.parameter_bytes()},
          {"activation_bytes", network.activation_bytes()},
          {"world_sizes", ListOf(arm.world_sizes())}};
}

Json OrNull(std::optional<double> number) { return number ? Json(*number) : Json(nullptr); }

Json ToJson(const NumberSummary& summary) {
  return {{"n", summary.n},
          {"least", OrNull(summary.least)},
          {"most", OrNull(summary.most)},
          {"mean", OrNull(summary.mean)},
          {"sd", OrNull(summary.sd)}};
}

// The numbers that the arms predict, each once: of every cohort, and of the parts of
// every fold.
Json TargetsToJson(const v1::Plan& plan) {
  Json list = Json::array();
  std::set<std::string> told;
  for (const v1::ArmPlan& arm : plan.arms()) {
    const v1::Task& task = arm.task();
    if (!HasNumber(task) || !told.insert(TargetOf(task)).second) continue;
    Json target = {{"target", TargetOf(task)}, {"unit", UnitOf(task)}};
    for (const CohortTargets& cohort : TargetsByCohort(plan, task)) {
      Json json = ToJson(cohort.targets);
      json["cohort"] = cohort.cohort;
      json["external"] = cohort.external;
      target["cohorts"].push_back(std::move(json));
    }
    for (const v1::Fold& fold : plan.folds()) {
      const auto summary = [&](const google::protobuf::RepeatedField<uint32_t>& samples) {
        return ToJson(SummaryOfNumbers(TargetsOfSamples(plan, task, samples)));
      };
      target["folds"].push_back({{"repeat", fold.repeat()},
                                 {"fold", fold.fold()},
                                 {"train", summary(fold.train())},
                                 {"validation", summary(fold.validation())},
                                 {"test", summary(fold.test())}});
    }
    list.push_back(std::move(target));
  }
  return list;
}

Json PeopleToJson(const v1::Plan& plan) {
  Json list = Json::array();
  for (const v1::Fold& fold : plan.folds()) {
    for (const SitePeople& people : PeopleBySite(plan, fold.test())) {
      Json sexes = Json::object();
      for (const auto& [sex, count] : people.sexes) sexes[sex] = count;
      list.push_back({{"repeat", fold.repeat()},
                      {"fold", fold.fold()},
                      {"site", people.site},
                      {"subjects", people.subjects},
                      {"samples", people.samples},
                      {"age", ToJson(people.age)},
                      {"sex", std::move(sexes)}});
    }
  }
  return list;
}

}  // namespace

std::string PlanToJson(const v1::Plan& plan) {
  Json json = {{"experiment", plan.spec().name()},
               {"split_hash", Hex(plan.split_hash())},
               {"trials", plan.arms_size() * plan.folds_size()},
               {"folds", Json::array()},
               {"arms", Json::array()},
               {"warnings", ListOf(plan.warnings())}};
  if (const Json targets = TargetsToJson(plan); !targets.empty()) json["targets"] = targets;
  if (DescribesPeople(plan)) json["people"] = PeopleToJson(plan);
  for (const auto& [column, count] : MissingValues(plan)) json["missing"][column] = count;
  for (const v1::Sample& sample : plan.external()) json["external"].push_back(sample.id());
  for (const v1::StagePlan& stage : plan.earlier()) {
    Json earlier = {{"name", stage.name()}, {"folds", Json::array()}, {"arms", Json::array()}};
    for (const v1::Fold& fold : stage.plan().folds()) {
      earlier["folds"].push_back(ToJson(stage.plan(), fold));
    }
    for (const v1::ArmPlan& arm : stage.plan().arms()) earlier["arms"].push_back(ToJson(arm));
    json["stages"].push_back(std::move(earlier));
  }
  for (const v1::Fold& fold : plan.folds()) json["folds"].push_back(ToJson(plan, fold));
  for (const v1::ArmPlan& arm : plan.arms()) json["arms"].push_back(ToJson(arm));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace gyrus

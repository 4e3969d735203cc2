#include "core/report/json_parts.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "core/spec/metric.h"

namespace gyrus {
namespace {

std::string Word(absl::string_view name, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
}

template <typename Message>
void AddReason(const Message& message, Json& json) {
  if (!message.reason().empty()) json["reason"] = message.reason();
}

#define GYRUS_OR_NULL(message, field) \
  ((message).has_##field() ? Json((message).field()) : Json(nullptr))

Json EstimateToJson(const v1::Estimate& estimate) {
  Json json = {{"value", GYRUS_OR_NULL(estimate, value)},
               {"lower", GYRUS_OR_NULL(estimate, lower)},
               {"upper", GYRUS_OR_NULL(estimate, upper)},
               {"n", estimate.n()},
               {"method", estimate.method()}};
  AddReason(estimate, json);
  return json;
}

Json TestToJson(const v1::TestOutcome& test) {
  Json json = {{"name", NameOf(test.kind())}};
  AddReason(test, json);
  if (!test.reason().empty()) return json;
  json["test"] = test.test();
  json["variant"] = test.variant();
  json["statistic_name"] = test.statistic_name();
  json["statistic"] = GYRUS_OR_NULL(test, statistic);
  json["df"] = std::vector<double>(test.df().begin(), test.df().end());
  json["p"] = GYRUS_OR_NULL(test, p);
  json["p_corrected"] = GYRUS_OR_NULL(test, p_corrected);
  json["n"] = std::vector<uint32_t>(test.n().begin(), test.n().end());
  json["ties"] = test.ties();
  json["zeros"] = test.zeros();
  json["correction"] = TextOrNull(test.correction());
  json["sentence"] = test.sentence();
  return json;
}

template <typename Messages, typename ToJson>
Json ListOf(const Messages& messages, ToJson to_json) {
  Json list = Json::array();
  for (const auto& message : messages) list.push_back(to_json(message));
  return list;
}

Json ComparisonToJson(const v1::Comparison& comparison) {
  Json json = {{"arm", comparison.arm()}};
  if (comparison.has_difference()) json["difference"] = EstimateToJson(comparison.difference());
  json["tests"] = ListOf(comparison.tests(), TestToJson);
  if (comparison.has_error_difference()) {
    json["error_difference"] = EstimateToJson(comparison.error_difference());
  }
  if (comparison.has_effect_size()) json["effect_size"] = EstimateToJson(comparison.effect_size());
  return json;
}

Json GroupRowToJson(const v1::GroupRow& row) {
  Json json = {{"name", row.name()},
               {"n", row.n()},
               {"mae", GYRUS_OR_NULL(row.mae(), value)},
               {"lower", GYRUS_OR_NULL(row.mae(), lower)},
               {"upper", GYRUS_OR_NULL(row.mae(), upper)}};
  AddReason(row.mae(), json);
  return json;
}

Json GapsToJson(const v1::GapSummary& summary) {
  Json json = {{"n", summary.n()},
               {"gap_sd", GYRUS_OR_NULL(summary, sd)},
               {"gap_age_correlation", GYRUS_OR_NULL(summary, age_correlation)}};
  AddReason(summary, json);
  return json;
}

Json BiasFoldToJson(const v1::BiasFold& fold) {
  Json json = {{"repeat", fold.repeat()},
               {"fold", fold.fold()},
               {"slope", GYRUS_OR_NULL(fold, slope)},
               {"intercept", GYRUS_OR_NULL(fold, intercept)},
               {"n", fold.n()},
               {"correction", TextOrNull(fold.correction_file())},
               {"gaps", TextOrNull(fold.gaps_file())}};
  AddReason(fold, json);
  return json;
}

}  // namespace

Json OrNull(std::optional<double> number) { return number ? Json(*number) : Json(nullptr); }

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json ComparisonsToJson(const v1::Comparisons& comparisons) {
  if (!comparisons.reason().empty()) return {{"reason", comparisons.reason()}};
  Json json = {{"with", comparisons.with()},
               {"metric", NameOf(comparisons.metric())},
               {"alternative", NameOf(comparisons.alternative())},
               {"correction", NameOf(comparisons.correction())},
               {"seed", comparisons.seed()},
               {"resamples", comparisons.resamples()},
               {"arms", ListOf(comparisons.comparisons(), ComparisonToJson)},
               {"all_arms", ListOf(comparisons.all_arms(), TestToJson)}};
  if (comparisons.networks() > 0) json["networks"] = comparisons.networks();
  return json;
}

Json BaselineComparisonToJson(const v1::BaselineComparison& comparison) {
  return {{"metric", NameOf(comparison.metric())},
          {"difference", EstimateToJson(comparison.difference())}};
}

Json GroupTableToJson(const v1::GroupTable& table) {
  return {{"by", table.by()},
          {"arm", table.arm()},
          {"groups", ListOf(table.groups(), GroupRowToJson)},
          {"all", GroupRowToJson(table.all())},
          {"outside", table.outside()},
          {"without_target", table.without_target()}};
}

Json CumulativeScoreToJson(const v1::CumulativeScore& score) {
  Json json = {
      {"alpha", score.alpha()}, {"percent", GYRUS_OR_NULL(score, percent)}, {"n", score.n()}};
  AddReason(score, json);
  return json;
}

Json BiasToJson(const v1::BiasResult& bias) {
  return {{"method", NameOf(bias.method())},
          {"sentence", bias.method_sentence()},
          {"uncorrected", GapsToJson(bias.uncorrected())},
          {"corrected", GapsToJson(bias.corrected())},
          {"folds", ListOf(bias.folds(), BiasFoldToJson)}};
}

#undef GYRUS_OR_NULL

std::string NameOf(v1::Alternative alternative) {
  return Word(v1::Alternative_Name(alternative), "ALTERNATIVE_");
}

std::string NameOf(v1::Correction correction) {
  return Word(v1::Correction_Name(correction), "CORRECTION_");
}

std::string NameOf(v1::BiasMethod method) {
  return Word(v1::BiasMethod_Name(method), "BIAS_METHOD_");
}

std::string NameOf(v1::TestKind kind) { return Word(v1::TestKind_Name(kind), "TEST_KIND_"); }

}  // namespace gyrus

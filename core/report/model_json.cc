#include "core/report/model_json.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <vector>

#include "core/report/json_parts.h"
#include "core/spec/covariates.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

// A message with the names of its fields in the .proto file.
Json MessageToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return nullptr;
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

// That of the last step that resamples.
Json SpacingOf(const v1::Recipe& recipe) {
  Json spacing = nullptr;
  for (const v1::Step& step : recipe.steps()) {
    if (!step.has_resample()) continue;
    spacing = Json::array();
    for (const double mm : step.resample().spacing_mm()) spacing.push_back(mm);
  }
  return spacing;
}

uint32_t OutputsOf(const v1::Task& task) {
  if (HasClass(task)) return static_cast<uint32_t>(task.classification().classes_size());
  if (task.has_soft_labels()) return task.soft_labels().bins();
  return HasNumber(task) ? 1 : 0;
}

Json NumberToJson(const v1::TrialSpec& trial) {
  const v1::Task& task = trial.task();
  Json json = {{"target", TargetOf(task)}, {"unit", TextOrNull(UnitOf(task))}};
  if (task.has_soft_labels()) {
    json["from"] = task.soft_labels().from();
    json["to"] = task.soft_labels().to();
    json["bins"] = task.soft_labels().bins();
  } else {
    json["scale"] = trial.output_scale();
    json["offset"] = trial.output_offset();
  }
  return json;
}

template <typename Classes>
Json NamesOf(const Classes& classes) {
  Json names = Json::array({"background"});
  for (const auto& segmented : classes) names.push_back(segmented.name());
  return names;
}

// The voxels along the axis of the slices; 0 for networks of volumes.
uint32_t SlicesOf(const v1::TrialSpec& trial) {
  const v1::Model& model = trial.model();
  const bool of_slices = model.has_resnet2d() || model.has_unet2d() || model.has_slice_lstm();
  if (!of_slices || trial.input_shape_size() != 4) return 0;
  const std::string& axis = model.slices().axis();
  return trial.input_shape(axis == "x" ? 1 : axis == "y" ? 2 : 3);
}

Json CovariatesToJson(const v1::TrialSpec& trial) {
  Json list = Json::array();
  const auto& columns = CovariateColumns(trial.model());
  for (int i = 0; i < columns.size(); ++i) {
    if (i >= trial.covariate_means_size() || i >= trial.covariate_sds_size()) break;
    list.push_back({{"column", columns[i]},
                    {"mean", trial.covariate_means(i)},
                    {"sd", trial.covariate_sds(i)}});
  }
  return list;
}

Json TrainedRange(const v1::TrialSpec& trial) {
  std::vector<double> targets;
  for (const v1::Item& item : trial.train_items()) {
    if (item.has_target()) targets.push_back(item.target());
  }
  if (targets.empty()) return nullptr;
  const auto [least, most] = std::minmax_element(targets.begin(), targets.end());
  return {{"n", targets.size()}, {"least", *least}, {"most", *most}};
}

}  // namespace

std::string ModelJson(const v1::TrialSpec& trial) {
  const v1::Task& task = trial.task();
  Json json = {{"trial", trial.trial_id()},
               {"weights", "weights.safetensors"},
               {"channels", Json::array()},
               {"input_shape", Json::array()},
               {"spacing_mm", SpacingOf(trial.recipe())},
               {"recipe", MessageToJson(trial.recipe())},
               {"model", MessageToJson(trial.model())},
               {"outputs", OutputsOf(task)}};
  for (const std::string& channel : trial.channels()) json["channels"].push_back(channel);
  for (const uint32_t size : trial.input_shape()) json["input_shape"].push_back(size);
  if (HasNumber(task)) json["number"] = NumberToJson(trial);
  if (HasClass(task)) {
    json["classes"] = {{"target", TargetOf(task)}, {"names", Json::array()}};
    for (const std::string& name : task.classification().classes()) {
      json["classes"]["names"].push_back(name);
    }
  }
  if (task.has_segmentation()) json["segmentation"] = NamesOf(task.segmentation().classes());
  if (task.has_reconstruction()) json["reconstruction"] = trial.channels_size();
  if (const uint32_t slices = SlicesOf(trial); slices > 0) json["slices"] = slices;
  json["uncertainty"] = task.weighting() == v1::WEIGHTING_UNCERTAINTY;
  json["covariates"] = CovariatesToJson(trial);
  if (Json range = TrainedRange(trial); HasNumber(task) && !range.is_null()) {
    json["trained_on"] = std::move(range);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gyrus

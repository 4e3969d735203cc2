#include "core/spec/arm.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "gyrus/v1/options.pb.h"

namespace gyrus {
namespace {

bool IsOneValue(const google::protobuf::Descriptor& message) {
  return !message.options().GetExtension(v1::shorthand).empty();
}

template <typename Part>
Part Over(const Part& base, const Part& own) {
  Part result = base;
  Overlay(own, result);
  return result;
}

// An arm with another kind of network takes no parameter from the experiment's
// network, nor its slices.
v1::Model ModelOver(const v1::Model& base, const v1::Model& own) {
  const bool other =
      own.model_case() != v1::Model::MODEL_NOT_SET && own.model_case() != base.model_case();
  return other ? own : Over(base, own);
}

// An arm with an init of its own takes nothing from the experiment's.
v1::Init InitOver(const v1::Init& base, const v1::Init& own) {
  return own.from_case() != v1::Init::FROM_NOT_SET ? own : Over(base, own);
}

// The label image of a segmentation goes through the recipe like the images.
void AddLabels(const v1::Task& task, v1::Recipe& recipe) {
  const std::string& channel = task.segmentation().labels();
  const auto& labels = recipe.labels();
  if (channel.empty() || std::find(labels.begin(), labels.end(), channel) != labels.end()) return;
  recipe.add_labels(channel);
}

}  // namespace

void Overlay(const google::protobuf::Message& from, google::protobuf::Message& to) {
  using google::protobuf::FieldDescriptor;
  if (IsOneValue(*from.GetDescriptor())) {
    if (from.ByteSizeLong() > 0) to.CopyFrom(from);
    return;
  }
  const google::protobuf::Reflection& reflection = *from.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(from, &fields);
  // Messages are merged here, one by one; what then remains of `from` replaces.
  std::unique_ptr<google::protobuf::Message> own(from.New());
  own->CopyFrom(from);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) {
      reflection.ClearField(&to, field);
    } else if (field->message_type() != nullptr) {
      Overlay(reflection.GetMessage(from, field), *reflection.MutableMessage(&to, field));
      reflection.ClearField(own.get(), field);
    }
  }
  to.MergeFrom(*own);
}

void OverlayStage(const v1::Stage& stage, v1::ExperimentSpec& spec) {
  *spec.mutable_recipe() = Over(spec.recipe(), stage.recipe());
  *spec.mutable_model() = ModelOver(spec.model(), stage.model());
  *spec.mutable_task() = Over(spec.task(), stage.task());
  *spec.mutable_train() = Over(spec.train(), stage.train());
  *spec.mutable_init() = InitOver(spec.init(), stage.init());
}

v1::ArmPlan ResolveArm(const v1::ExperimentSpec& spec, const v1::Arm& arm) {
  v1::ArmPlan resolved;
  resolved.set_name(arm.name());
  *resolved.mutable_channels() = arm.channels();
  *resolved.mutable_recipe() = Over(spec.recipe(), arm.recipe());
  *resolved.mutable_model() = ModelOver(spec.model(), arm.model());
  *resolved.mutable_task() = Over(spec.task(), arm.task());
  *resolved.mutable_train() = Over(spec.train(), arm.train());
  *resolved.mutable_init() = InitOver(spec.init(), arm.init());
  AddLabels(resolved.task(), *resolved.mutable_recipe());
  return resolved;
}

}  // namespace gyrus

#include "coordinator/plan/arm_plan.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "coordinator/plan/refusal.h"
#include "coordinator/plan/targets.h"
#include "core/recipe/recipe.h"
#include "core/spec/arm.h"
#include "core/spec/covariates.h"
#include "core/spec/train_views.h"

namespace gyrus {
namespace {

using InputShape = std::vector<uint32_t>;

absl::StatusOr<const v1::Image*> FindImage(const v1::ExperimentSpec& spec, const v1::Sample& sample,
                                           const std::string& channel) {
  for (const v1::Image& image : sample.images()) {
    if (image.channel() != channel) continue;
    if (image.shape_size() == 3 && image.spacing_mm_size() == 3) return &image;
    return absl::DataLossError(absl::StrCat(Describe(spec, sample), ": the data loader gave no ",
                                            "grid for the image of channel '", channel, "'"));
  }
  return absl::DataLossError(
      absl::StrCat(Describe(spec, sample), ": has no image for channel '", channel, "'"));
}

absl::StatusOr<InputShape> ShapeOf(const v1::ArmPlan& arm, const v1::Image& image) {
  return OutputShape(arm.recipe(), {arm.channels().begin(), arm.channels().end()},
                     {image.shape(0), image.shape(1), image.shape(2)},
                     {image.spacing_mm(0), image.spacing_mm(1), image.spacing_mm(2)});
}

// Only these numbers of ranks give the same bits; any other is refused instead of being
// rounded down silently.
absl::Status CheckSlots(const v1::Resources& resources, const v1::ArmPlan& arm) {
  const auto& sizes = arm.world_sizes();
  if (std::find(sizes.begin(), sizes.end(), resources.slots_per_trial()) != sizes.end()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("resources.slots_per_trial is ", resources.slots_per_trial(),
                   ", but a batch of ", arm.train().batch(), " in leaves of ", arm.train().leaf(),
                   " can be trained by ", absl::StrJoin(sizes, ", "), " ranks"));
}

// Positions are counted with 32 bits.
absl::Status CheckItems(size_t samples, const v1::SliceViews& views) {
  constexpr uint64_t kMaxItems = uint64_t{1} << 31;
  const uint64_t items = uint64_t{samples} * views.count();
  if (items <= kMaxItems) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("train.item: slice makes ", items, " items; at most ", kMaxItems, " are"));
}

// Checks everything that needs no sample, and fills in the world sizes.
absl::Status CompleteFromSpec(const v1::ExperimentSpec& spec, v1::ArmPlan& arm) {
  if (arm.channels().empty()) return absl::InvalidArgumentError("has no channels");
  if (arm.train().batch() < 1 || arm.train().leaf() < 1) {
    return absl::InvalidArgumentError("train.batch and train.leaf must be at least 1");
  }
  const std::vector<uint32_t> sizes = WorldSizes(arm.train());
  arm.mutable_world_sizes()->Assign(sizes.begin(), sizes.end());
  return CheckSlots(spec.resources(), arm);
}

// Cheap checks come first: a column is looked at before any shape is computed.
absl::Status Complete(const v1::ExperimentSpec& spec, const Samples& samples,
                      NetworkCostOfArm network_cost, v1::ArmPlan& arm) {
  GYRUS_RETURN_IF_ERROR(CompleteFromSpec(spec, arm));
  GYRUS_RETURN_IF_ERROR(CheckCovariates(spec, arm, samples));
  GYRUS_RETURN_IF_ERROR(CheckTargets(spec, samples, arm.task()));
  GYRUS_ASSIGN_OR_RETURN(const InputShape shape, CommonShape(spec, arm, samples));
  arm.mutable_input_shape()->Assign(shape.begin(), shape.end());
  GYRUS_ASSIGN_OR_RETURN(*arm.mutable_network(), network_cost(arm));
  return CheckItems(samples.size(), TrainViews(arm));
}

}  // namespace

absl::StatusOr<std::vector<uint32_t>> CommonShape(const v1::ExperimentSpec& spec,
                                                  const v1::ArmPlan& arm, const Samples& samples) {
  InputShape common(arm.input_shape().begin(), arm.input_shape().end());
  ProblemList problems;
  for (const v1::Sample& sample : samples) {
    for (const std::string& channel : InputChannels(arm.recipe(), arm.channels())) {
      GYRUS_ASSIGN_OR_RETURN(const v1::Image* image, FindImage(spec, sample, channel));
      const absl::StatusOr<InputShape> shape = ShapeOf(arm, *image);
      if (!shape.ok()) return Annotate(shape.status(), Describe(spec, sample));
      if (common.empty()) common = *shape;
      if (*shape == common) continue;
      // All samples that differ are listed, because a single example would leave the
      // operator guessing.
      problems.Add(absl::StrCat(
          Describe(spec, sample), " ", channel, ": comes out of the recipe as ",
          absl::StrJoin(*shape, "x"),
          arm.input_shape().empty() ? ", but the first sample as " : ", but those trained on as ",
          absl::StrJoin(common, "x"), "; add crop_or_pad to the recipe"));
    }
  }
  GYRUS_RETURN_IF_ERROR(problems.ToStatus(absl::StatusCode::kInvalidArgument));
  return common;
}

absl::Status CheckCovariates(const v1::ExperimentSpec& spec, const v1::ArmPlan& arm,
                             const Samples& samples) {
  for (const std::string& column : CovariateColumns(arm.model())) {
    GYRUS_RETURN_IF_ERROR(CheckNumbers(spec, samples, column));
  }
  return absl::OkStatus();
}

std::vector<uint32_t> WorldSizes(const v1::Train& train) {
  const uint64_t leaves = (uint64_t{train.batch()} + train.leaf() - 1) / train.leaf();
  std::vector<uint32_t> sizes;
  for (uint64_t size = 1; size <= leaves; size *= 2) sizes.push_back(static_cast<uint32_t>(size));
  return sizes;
}

absl::Status CheckArmOfSpec(const v1::ExperimentSpec& spec, const v1::Arm& arm) {
  v1::ArmPlan plan = ResolveArm(spec, arm);
  return Annotate(CompleteFromSpec(spec, plan), absl::StrCat("arm '", arm.name(), "'"));
}

absl::StatusOr<v1::ArmPlan> PlanArm(const v1::ExperimentSpec& spec, const v1::Arm& arm,
                                    const Samples& samples, NetworkCostOfArm network_cost) {
  v1::ArmPlan plan = ResolveArm(spec, arm);
  GYRUS_RETURN_IF_ERROR(Annotate(Complete(spec, samples, network_cost, plan),
                                 absl::StrCat("arm '", arm.name(), "'")));
  return plan;
}

}  // namespace gyrus

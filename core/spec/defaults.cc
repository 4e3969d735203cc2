#include "core/spec/defaults.h"

#include <algorithm>
#include <set>
#include <string>

#include "common/proto_default.h"
#include "core/network/default_model.h"
#include "core/spec/arm.h"
#include "core/spec/channels.h"
#include "core/spec/default_task.h"
#include "core/spec/external.h"
#include "core/spec/fill_evaluate.h"
#include "core/spec/stages.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

void FillRatio(v1::Ratio& ratio) {
  if (ratio.clip_percentiles().empty()) {
    ratio.add_clip_percentiles(0.5);
    ratio.add_clip_percentiles(99.5);
  }
  GYRUS_DEFAULT(ratio, guard, 0.1);
}

void FillRecipe(v1::Recipe& recipe) {
  if (recipe.steps().empty()) {
    recipe.add_steps()->mutable_reorient();
    recipe.add_steps()->mutable_zscore();
  }
  for (v1::Step& step : *recipe.mutable_steps()) {
    if (step.has_reorient()) {
      step.mutable_reorient()->set_to(Or<std::string>(step.reorient().to(), "RAS"));
    } else if (step.has_crop_or_pad()) {
      v1::CropOrPad& crop = *step.mutable_crop_or_pad();
      crop.set_around(Or(crop.around(), v1::CROP_CENTRE_GRID));
    } else if (step.has_ratio()) {
      FillRatio(*step.mutable_ratio());
    } else if (step.has_zscore()) {
      step.mutable_zscore()->set_inside(Or(step.zscore().inside(), v1::INSIDE_BRAIN));
    }
  }
}

void FillSchedule(v1::Schedule& schedule) {
  switch (schedule.schedule_case()) {
    case v1::Schedule::SCHEDULE_NOT_SET:
    case v1::Schedule::kConstant:
      schedule.mutable_constant();
      break;
    case v1::Schedule::kStep:
      GYRUS_DEFAULT(*schedule.mutable_step(), every, 15);
      GYRUS_DEFAULT(*schedule.mutable_step(), factor, 0.5);
      break;
    case v1::Schedule::kPoly:
      GYRUS_DEFAULT(*schedule.mutable_poly(), power, 0.9);
      break;
    case v1::Schedule::kCosine:
      GYRUS_DEFAULT(*schedule.mutable_cosine(), least, 0);
      break;
  }
}

void FillAdam(v1::Adam& adam, double weight_decay) {
  GYRUS_DEFAULT(adam, lr, 1e-4);
  GYRUS_DEFAULT(adam, beta1, 0.9);
  GYRUS_DEFAULT(adam, beta2, 0.999);
  GYRUS_DEFAULT(adam, eps, 1e-8);
  GYRUS_DEFAULT(adam, weight_decay, weight_decay);
}

void FillOptimizer(v1::Optimizer& optimizer) {
  switch (optimizer.optimizer_case()) {
    case v1::Optimizer::OPTIMIZER_NOT_SET:
    case v1::Optimizer::kAdam:
      FillAdam(*optimizer.mutable_adam(), 0);
      break;
    case v1::Optimizer::kAdamw:
      FillAdam(*optimizer.mutable_adamw(), 0.01);  // As PyTorch's.
      break;
    case v1::Optimizer::kSgd: {
      v1::Sgd& sgd = *optimizer.mutable_sgd();
      GYRUS_DEFAULT(sgd, lr, 1e-2);
      GYRUS_DEFAULT(sgd, momentum, 0.9);
      GYRUS_DEFAULT(sgd, nesterov, sgd.momentum() > 0);
      GYRUS_DEFAULT(sgd, weight_decay, 0);
      break;
    }
  }
}

void FillTrain(v1::Train& train, uint32_t slots) {
  GYRUS_DEFAULT(train, epochs, 60);
  GYRUS_DEFAULT(train, batch, 4);
  GYRUS_DEFAULT(train, leaf, std::max(1u, train.batch() / std::max(1u, slots)));
  FillOptimizer(*train.mutable_optimizer());
  FillSchedule(*train.mutable_schedule());
  if (train.augment().has_flip()) {
    v1::Flip& flip = *train.mutable_augment()->mutable_flip();
    flip.set_axis(Or<std::string>(flip.axis(), "x"));
    GYRUS_DEFAULT(flip, probability, 0.5);
  }
  GYRUS_DEFAULT(train, seed, 1);
  train.set_item(Or(train.item(), v1::TRAIN_ITEM_VOLUME));
  train.set_reduction(Or(train.reduction(), v1::REDUCTION_EXACT));
  v1::Select& select = *train.mutable_select();
  select.set_epoch(Or(select.epoch(), v1::SELECT_EPOCH_BEST));
  GYRUS_DEFAULT(select, mean_of, 1);
  GYRUS_DEFAULT(train, stop_after, 0);
  GYRUS_DEFAULT(train, clip_norm, 0);
  GYRUS_DEFAULT(train, ema, 0);
  GYRUS_DEFAULT(train, warmup, 0);
  for (v1::Freeze& freeze : *train.mutable_freeze()) GYRUS_DEFAULT(freeze, epochs, 0);
}

void FillInit(v1::Init& init) {
  if (init.from_case() == v1::Init::FROM_NOT_SET) init.mutable_random();
  init.set_channels(Or(init.channels(), v1::CHANNEL_INIT_MEAN));
}

void FillSplit(v1::Split& split, const std::string& target) {
  v1::KFold& kfold = *split.mutable_kfold();
  GYRUS_DEFAULT(kfold, k, 5);
  GYRUS_DEFAULT(kfold, repeats, 1);
  kfold.set_group(Or<std::string>(kfold.group(), "subject"));
  kfold.set_stratify(Or<std::string>(kfold.stratify(), target.empty() ? "none" : target));
  GYRUS_DEFAULT(*split.mutable_validation(), fraction, 0.2);
  GYRUS_DEFAULT(split, seed, 1);
}

// No arm sees `labels` unasked. `spec` is as the operator wrote it, so that what the arm leaves out
// of a part is filled from the operator's words before it is filled from ours.
void FillArm(const v1::ExperimentSpec& spec, const std::set<std::string>& labels, v1::Arm& arm) {
  const v1::ArmPlan resolved = ResolveArm(spec, arm);
  if (arm.channels().empty()) {
    for (const std::string& channel : ChannelsAfter(resolved.recipe(), spec)) {
      if (!labels.contains(channel)) arm.add_channels(channel);
    }
  }
  if (arm.has_recipe()) FillRecipe(*arm.mutable_recipe() = resolved.recipe());
  if (arm.has_model()) FillModel(*arm.mutable_model() = resolved.model());
  if (arm.has_task()) FillTask(*arm.mutable_task() = resolved.task());
  if (arm.has_train()) {
    FillTrain(*arm.mutable_train() = resolved.train(), spec.resources().slots_per_trial());
  }
  if (arm.has_init()) FillInit(*arm.mutable_init() = resolved.init());
}

// From what each stage alone would be filled with.
void FillStages(v1::ExperimentSpec& spec) {
  for (int i = spec.stages_size() - 1; i >= 0; --i) {
    v1::ExperimentSpec alone = SpecOfStage(spec, i);
    FillDefaults(alone);
    v1::Stage& stage = *spec.mutable_stages(i);
    if (stage.cohorts().empty()) {
      for (const v1::Cohort& cohort : spec.cohorts()) {
        if (!IsExternal(spec.evaluate(), cohort.name())) stage.add_cohorts(cohort.name());
      }
    }
    stage.mutable_recipe()->Swap(alone.mutable_recipe());
    stage.mutable_model()->Swap(alone.mutable_model());
    stage.mutable_task()->Swap(alone.mutable_task());
    stage.mutable_train()->Swap(alone.mutable_train());
    stage.mutable_init()->Swap(alone.mutable_init());
    if (i + 1 < spec.stages_size()) continue;
    spec.mutable_arms()->Swap(alone.mutable_arms());
    spec.mutable_split()->Swap(alone.mutable_split());
    spec.mutable_evaluate()->Swap(alone.mutable_evaluate());
  }
}

}  // namespace

void FillDefaults(v1::ExperimentSpec& spec) {
  v1::Resources& resources = *spec.mutable_resources();
  if (!resources.has_slots_per_trial()) resources.set_slots_per_trial(1);
  if (!resources.has_threads_per_slot()) resources.set_threads_per_slot(1);
  if (!resources.has_checkpoint_seconds()) resources.set_checkpoint_seconds(300);
  if (!spec.stages().empty()) return FillStages(spec);

  if (spec.arms().empty()) spec.add_arms()->set_name("all");
  const std::set<std::string> labels = LabelChannels(spec);
  for (v1::Arm& arm : *spec.mutable_arms()) FillArm(spec, labels, arm);

  FillRecipe(*spec.mutable_recipe());
  FillModel(*spec.mutable_model());
  FillTask(*spec.mutable_task());
  FillTrain(*spec.mutable_train(), resources.slots_per_trial());
  FillInit(*spec.mutable_init());
  FillSplit(*spec.mutable_split(), TargetOf(spec.task()));
  FillEvaluate(spec);
}

}  // namespace gyrus

#include "core/spec/check/check.h"

#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/network/network.h"
#include "core/recipe/recipe.h"
#include "core/spec/arm.h"
#include "core/spec/channels.h"
#include "core/spec/check/check_parts.h"
#include "core/spec/external.h"
#include "core/spec/problems.h"
#include "core/spec/stages.h"
#include "core/spec/task.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

// Whether each `{` of a file pattern has its `}`, with a column's name in between.
bool HasWholeBraces(absl::string_view pattern) {
  size_t open = absl::string_view::npos;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool is_open = open != absl::string_view::npos;
    if (pattern[i] == '{') {
      if (is_open) return false;
      open = i;
    } else if (pattern[i] == '}') {
      if (!is_open || i == open + 1) return false;
      open = absl::string_view::npos;
    }
  }
  return open == absl::string_view::npos;
}

void CheckCohort(const v1::Cohort& cohort, Problems& problems) {
  const std::string path = absl::StrCat("cohorts.", cohort.name());
  if (!IsName(cohort.name())) problems.Add(path, InvalidName(cohort.name()));
  if (cohort.manifest().empty()) {
    problems.Add(path, "manifest is missing: the CSV or TSV file that lists the samples");
  }
  for (const auto& [channel, pattern] : cohort.images()) {
    const std::string image_path = absl::StrCat(path, ".images.", channel);
    if (!IsName(channel)) problems.Add(image_path, InvalidName(channel));
    if (!HasWholeBraces(pattern)) {
      problems.Add(image_path, absl::StrCat("each '{' needs a column's name and '}': ", pattern));
    }
  }
  if (!HasWholeBraces(cohort.mask())) {
    problems.Add(path + ".mask",
                 absl::StrCat("each '{' needs a column's name and '}': ", cohort.mask()));
  }
}

void CheckCohorts(const v1::ExperimentSpec& spec, Problems& problems) {
  if (spec.cohorts().empty()) {
    problems.Add("cohorts", "at least one is needed: {NAME: {manifest: FILE.csv}}");
  }
  absl::flat_hash_set<std::string> names;
  for (const v1::Cohort& cohort : spec.cohorts()) {
    CheckCohort(cohort, problems);
    if (!names.insert(cohort.name()).second) {
      problems.Add("cohorts", absl::StrCat("two are called ", Quoted(cohort.name())));
    }
  }
}

void CheckChannels(const v1::ArmPlan& arm, const v1::ExperimentSpec& spec, Problems& problems) {
  const std::string path = absl::StrCat("arms.", arm.name(), ".channels");
  if (arm.channels().empty()) {
    problems.Add(path,
                 "is missing: write the channels, [T1w]; the cohorts list no image in common");
  }
  const std::optional<std::vector<std::string>> listed = ListedChannels(spec);
  // Without `images`, columns of the manifest hold the paths, and the manifest is not known
  // here.
  const bool any_name_may_be_one = !listed.has_value();
  const std::vector<std::string> known = ChannelsAfter(arm.recipe(), listed);
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < arm.channels_size(); ++i) {
    const std::string& channel = arm.channels(i);
    const std::string channel_path = absl::StrCat(path, ".", i);
    if (!IsName(channel)) {
      problems.Add(channel_path, InvalidName(channel));
    } else if (!any_name_may_be_one && std::count(known.begin(), known.end(), channel) == 0) {
      problems.Add(channel_path, UnknownWord("channel", channel, known));
    }
    if (!seen.insert(channel).second) {
      problems.Add(channel_path, absl::StrCat(Quoted(channel), " is there twice"));
    }
    const auto& labels = arm.recipe().labels();
    if (std::count(labels.begin(), labels.end(), channel) > 0) {
      problems.Add(channel_path, absl::StrCat(Quoted(channel),
                                              " holds the labels that the task is "
                                              "judged by; the network must not "
                                              "see them"));
    }
  }
}

// The loader sends one label image to a trainer, so the recipe may not have more.
void CheckLabels(const v1::ArmPlan& arm, const v1::ExperimentSpec& spec, const std::string& path,
                 Problems& problems) {
  const std::string& asked = arm.task().segmentation().labels();
  for (const std::string& channel : arm.recipe().labels()) {
    if (channel != asked) {
      problems.Add(path, absl::StrCat("recipe.labels has ", Quoted(channel),
                                      ", which is not task.segmentation.labels; leave it out"));
    }
  }
  const std::optional<std::vector<std::string>> listed = ListedChannels(spec);
  if (!asked.empty() && listed.has_value() &&
      std::count(listed->begin(), listed->end(), asked) == 0) {
    problems.Add(
        path, absl::StrCat("task.segmentation.labels: ", UnknownWord("channel", asked, *listed)));
  }
}

// Slices can be items only for networks that see them one by one.
void CheckTrainItem(const v1::ArmPlan& arm, const std::string& path, Problems& problems) {
  if (arm.train().item() != v1::TRAIN_ITEM_SLICE) return;
  if (SeesSlices(arm.model()) && !arm.model().has_slice_lstm()) {
    const std::string& axis = arm.model().slices().axis();
    if (!axis.empty() && arm.train().augment().flip().axis() == axis) {
      problems.Add(path, absl::StrCat("train.augment.flip.axis: a slice along ", axis,
                                      " is not flipped by ", axis, "; take another axis"));
    }
    return;
  }
  problems.Add(path, absl::StrCat("train.item: slice is for networks that see slices one by one "
                                  "(resnet2d, unet2d), not for ",
                                  NameOf(arm.model())));
}

bool Validates(const v1::ExperimentSpec& spec) { return spec.split().validation().fraction() > 0; }

// Checks the parts that an arm has of its own. Those that it takes from the
// experiment are checked there, once.
void CheckArm(const v1::Arm& arm, const v1::ExperimentSpec& spec, Problems& problems) {
  const std::string path = absl::StrCat("arms.", arm.name());
  if (!IsName(arm.name())) problems.Add(path, InvalidName(arm.name()));
  const v1::ArmPlan resolved = ResolveArm(spec, arm);
  CheckChannels(resolved, spec, problems);
  if (arm.has_recipe()) {
    CheckRecipe(resolved.recipe(), ListedChannels(spec), path + ".recipe", problems);
  }
  if (arm.has_model()) CheckModel(resolved.model(), path + ".model", problems);
  if (arm.has_task()) CheckTask(resolved.task(), path + ".task", problems);
  if (arm.has_train()) CheckTrain(resolved.train(), Validates(spec), path + ".train", problems);
  if (arm.has_init()) CheckInit(resolved.init(), path + ".init", problems);
  CheckLabels(resolved, spec, path, problems);
  CheckTargetLeak(resolved, spec, path, problems);
  CheckTrainItem(resolved, path, problems);
}

// Checks a spec without stages.
void CheckAlone(const v1::ExperimentSpec& spec, Problems& problems) {
  CheckRecipe(spec.recipe(), ListedChannels(spec), "recipe", problems);
  CheckModel(spec.model(), "model", problems);
  CheckTask(spec.task(), "task", problems);
  CheckTrain(spec.train(), Validates(spec), "train", problems);
  CheckSplit(spec.split(), problems);
  CheckResources(spec, problems);
  CheckInit(spec.init(), "init", problems);
  absl::flat_hash_set<std::string> names;
  for (const v1::Arm& arm : spec.arms()) {
    CheckArm(arm, spec, problems);
    if (!names.insert(arm.name()).second) {
      problems.Add("arms", absl::StrCat("two are called ", Quoted(arm.name())));
    }
  }
}

// Adds a problem where an init of stage number `stage` names no earlier stage.
void CheckInitStage(const v1::ExperimentSpec& spec, int stage, const v1::Init& init,
                    const std::string& path, Problems& problems) {
  if (!init.has_stage()) return;
  std::vector<std::string> earlier;
  for (int i = 0; i < stage; ++i) earlier.push_back(spec.stages(i).name());
  if (std::count(earlier.begin(), earlier.end(), init.stage()) > 0) return;
  problems.Add(path + ".stage",
               earlier.empty()
                   ? absl::StrCat("there is no stage before this one to be ", Quoted(init.stage()))
                   : UnknownWord("stage", init.stage(), earlier));
}

void CheckStageNames(const v1::ExperimentSpec& spec, Problems& problems) {
  absl::flat_hash_set<std::string> names;
  std::vector<std::string> cohorts;
  for (const v1::Cohort& cohort : spec.cohorts()) cohorts.push_back(cohort.name());
  for (const v1::Stage& stage : spec.stages()) {
    const std::string path = absl::StrCat("stages.", stage.name());
    if (!IsName(stage.name())) problems.Add(path, InvalidName(stage.name()));
    if (!names.insert(stage.name()).second) {
      problems.Add("stages", absl::StrCat("two are called ", Quoted(stage.name())));
    }
    for (const std::string& cohort : stage.cohorts()) {
      if (IsExternal(spec.evaluate(), cohort)) {
        problems.Add(path + ".cohorts", absl::StrCat(Quoted(cohort),
                                                     " is one of evaluate.external, which no "
                                                     "stage trains on"));
      } else if (std::count(cohorts.begin(), cohorts.end(), cohort) == 0) {
        problems.Add(path + ".cohorts", UnknownWord("cohort", cohort, cohorts));
      }
    }
  }
}

// Each stage is checked as the experiment that it would be alone. Only the last stage is
// evaluated.
void CheckStages(const v1::ExperimentSpec& spec, Problems& problems) {
  CheckStageNames(spec, problems);
  for (int i = 0; i < StageCount(spec); ++i) {
    const v1::ExperimentSpec alone = SpecOfStage(spec, i);
    problems.InStage(spec.stages().empty() ? "" : StageName(spec, i));
    CheckAlone(alone, problems);
    if (i + 1 == StageCount(spec)) CheckEvaluate(alone, problems);
    CheckInitStage(spec, i, alone.init(), "init", problems);
    for (const v1::Arm& arm : alone.arms()) {
      if (!arm.has_init()) continue;
      CheckInitStage(spec, i, arm.init(), absl::StrCat("arms.", arm.name(), ".init"), problems);
    }
  }
}

}  // namespace

absl::Status CheckExperiment(const v1::ExperimentSpec& spec, const SourceMap& sources) {
  Problems problems(sources);
  CheckValues(spec, "", problems);
  GYRUS_RETURN_IF_ERROR(problems.ToStatus());
  if (spec.name().empty()) {
    problems.Add("name", "is missing");
  } else if (!IsName(spec.name())) {
    problems.Add("name", InvalidName(spec.name()));
  }
  CheckCohorts(spec, problems);
  CheckStages(spec, problems);
  return problems.ToStatus();
}

}  // namespace gyrus

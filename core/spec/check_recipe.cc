#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/spec/check_parts.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

// Axes of a brain's volume; far beyond any, and small enough to multiply.
constexpr uint32_t kMaxVoxelsAlongAxis = 4096;
constexpr double kFinestMm = 0.05;
constexpr double kCoarsestMm = 100;

void CheckResample(const v1::Resample& resample, const std::string& path, Problems& problems) {
  if (resample.spacing_mm_size() != 3) {
    problems.Add(path, absl::StrCat("needs three numbers of mm, for x, y and z; has ",
                                    resample.spacing_mm_size()));
  }
  for (const double mm : resample.spacing_mm()) {
    if (!(mm >= kFinestMm && mm <= kCoarsestMm)) {
      problems.Add(path, absl::StrCat("spacing must be from ", kFinestMm, " to ", kCoarsestMm,
                                      " mm, is ", mm));
    }
  }
}

void CheckCropOrPad(const v1::CropOrPad& crop, const std::string& path, Problems& problems) {
  if (crop.size_size() != 3) {
    problems.Add(path, absl::StrCat("needs three numbers of voxels, for x, y and z; has ",
                                    crop.size_size()));
  }
  for (const uint32_t size : crop.size()) {
    if (size < 1 || size > kMaxVoxelsAlongAxis) {
      problems.Add(
          path, absl::StrCat("size must be from 1 to ", kMaxVoxelsAlongAxis, " voxels, is ", size));
    }
  }
}

void CheckRatioNumbers(const v1::Ratio& ratio, const std::string& path, Problems& problems) {
  const auto& clip = ratio.clip_percentiles();
  if (clip.size() != 2 || !(clip[0] >= 0 && clip[0] < clip[1] && clip[1] <= 100)) {
    problems.Add(path + ".clip_percentiles",
                 "needs two rising percentiles from 0 to 100, for example [0.5, 99.5]");
  }
  if (!(ratio.guard() >= 0 && ratio.guard() < 1)) {
    problems.Add(path + ".guard",
                 absl::StrCat("must be at least 0 and below 1, is ", ratio.guard()));
  }
}

// `listed` are the channels before this step, when they are known; `made` those
// that earlier ratios made.
void CheckRatioChannels(const v1::Ratio& ratio,
                        const std::optional<std::vector<std::string>>& listed,
                        const std::vector<std::string>& made, const std::string& path,
                        Problems& problems) {
  const auto in = [](const std::vector<std::string>& names, const std::string& name) {
    return std::count(names.begin(), names.end(), name) > 0;
  };
  if (ratio.of_size() != 2) {
    problems.Add(path + ".of", "needs two channels, for example [T1w, T2w]");
  }
  std::vector<std::string> known = listed.value_or(std::vector<std::string>());
  known.insert(known.end(), made.begin(), made.end());
  for (const std::string& of : ratio.of()) {
    if (!IsName(of)) {
      problems.Add(path + ".of", InvalidName(of));
    } else if (listed.has_value() && !in(known, of)) {
      problems.Add(path + ".of", UnknownWord("channel", of, known));
    }
  }
  const bool names_itself = std::count(ratio.of().begin(), ratio.of().end(), ratio.name()) > 0;
  if (!IsName(ratio.name())) {
    problems.Add(path, ratio.name().empty() ? "name is missing: what the new channel is called"
                                            : InvalidName(ratio.name()));
  } else if (in(known, ratio.name()) || names_itself) {
    problems.Add(path + ".name",
                 absl::StrCat("there is a channel ", Quoted(ratio.name()), " before this step"));
  }
}

}  // namespace

void CheckRecipe(const v1::Recipe& recipe, const std::optional<std::vector<std::string>>& listed,
                 const std::string& path, Problems& problems) {
  std::vector<std::string> made;
  bool zscored = false;
  for (int i = 0; i < recipe.steps_size(); ++i) {
    const v1::Step& step = recipe.steps(i);
    const std::string step_path = absl::StrCat(path, ".", i);
    if (step.has_reorient() != (i == 0)) {
      problems.Add(step_path, i == 0 ? "the first step must be {reorient: RAS}"
                                     : "reorient must come first, once");
    }
    if (step.step_case() == v1::Step::STEP_NOT_SET) problems.Add(step_path, "is no step");
    if (step.has_reorient() && step.reorient().to() != "RAS") {
      problems.Add(step_path + ".reorient",
                   absl::StrCat(Quoted(step.reorient().to()), " is not there; there is RAS"));
    }
    if (step.has_resample()) CheckResample(step.resample(), step_path + ".resample", problems);
    if (step.has_crop_or_pad()) {
      CheckCropOrPad(step.crop_or_pad(), step_path + ".crop_or_pad", problems);
    }
    zscored = zscored || step.has_zscore();
    if (!step.has_ratio()) continue;
    const std::string ratio_path = step_path + ".ratio";
    if (zscored) problems.Add(ratio_path, "must come before zscore, which makes values negative");
    CheckRatioNumbers(step.ratio(), ratio_path, problems);
    CheckRatioChannels(step.ratio(), listed, made, ratio_path, problems);
    made.push_back(step.ratio().name());
  }
}

}  // namespace gyrus

#include "core/spec/warnings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/spec/arm.h"
#include "core/spec/defaults.h"

namespace gyrus {
namespace {

std::string NoCalibration(const std::string& arm, const v1::Ratio& ratio) {
  return absl::StrCat("arm ", arm, ": ratio ", ratio.name(), " has no calibration; medians of raw ",
                      absl::StrJoin(ratio.of(), "/"),
                      " ratios differ between scanners and subjects several-fold; set calibrate: "
                      "median, or calibrate: none to say that this is meant");
}

}  // namespace

std::vector<std::string> Warnings(const v1::ExperimentSpec& spec) {
  v1::ExperimentSpec filled = spec;
  FillDefaults(filled);
  std::vector<std::string> warnings;
  for (const v1::Arm& arm : filled.arms()) {
    const v1::ArmPlan resolved = ResolveArm(filled, arm);
    for (const v1::Step& step : resolved.recipe().steps()) {
      const v1::Ratio& ratio = step.ratio();
      const bool seen =
          std::count(resolved.channels().begin(), resolved.channels().end(), ratio.name()) > 0;
      if (step.has_ratio() && seen && ratio.calibrate() == v1::RATIO_CALIBRATION_UNSPECIFIED) {
        warnings.push_back(NoCalibration(arm.name(), ratio));
      }
    }
  }
  return warnings;
}

}  // namespace gyrus

#include "coordinator/plan/sample_warnings.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "coordinator/plan/groups.h"
#include "coordinator/plan/samples.h"
#include "core/recipe/recipe.h"
#include "core/spec/target.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

using Sentences = std::vector<std::string>;

std::string Some(size_t count, absl::string_view what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

// Classes that too few groups have for each fold to test one.
void AddRareClasses(const v1::Plan& plan, const v1::ArmPlan& arm, const Samples& samples,
                    const std::vector<Group>& groups, Sentences& warnings) {
  const auto& classes = arm.task().classification().classes();
  const uint32_t k = plan.spec().split().kfold().k();
  for (int c = 0; c < classes.size(); ++c) {
    size_t members = 0, having = 0;
    for (const Group& group : groups) {
      const auto count = std::count_if(group.begin(), group.end(), [&](uint32_t i) {
        return TargetOfSample(samples[i], arm.task()) == static_cast<double>(c);
      });
      members += static_cast<size_t>(count);
      having += count > 0;
    }
    if (having >= k) continue;
    warnings.push_back(
        absl::StrCat("arm ", arm.name(), ": class ", classes[c], " has ", Some(members, "sample"),
                     " in ", Some(having, "group"), " that must stay together, fewer than the ", k,
                     " folds: not every fold can test it; choose a split.kfold.k of at most ",
                     having, ", or leave the class out"));
  }
}

void AddMissingGroups(const v1::Plan& plan, const Samples& samples, Sentences& warnings) {
  const std::string& column = plan.spec().split().kfold().group();
  if (column == "subject" || column == "family")
    return;  // Every sample has the one; few the other.
  std::vector<std::string> without;
  size_t count = 0;
  for (const v1::Sample& sample : samples) {
    if (!GroupValue(sample, column).empty()) continue;
    if (++count <= 3) without.push_back(Describe(plan.spec(), sample));
  }
  if (count == 0) return;
  warnings.push_back(absl::StrCat(
      "split.kfold.group: ", count, " of ", Some(samples.size(), "sample"), " ",
      count == 1 ? "has" : "have", " no ", column, " (", absl::StrJoin(without, ", "),
      count > without.size() ? ", ..." : "", "); ",
      column == "site" ? "they are kept together as if of one site"
                       : "they are kept together by subject and family alone",
      "; words such as NA mean \"missing\" (docs/experiment.md), so write another name where "
      "that is one"));
}

std::string SpacingText(const v1::Image& image) {
  std::vector<std::string> sizes;
  for (const double mm : image.spacing_mm()) sizes.push_back(absl::StrFormat("%.4g", mm));
  return absl::StrCat(absl::StrJoin(sizes, "x"), " mm");
}

// Scanners round: the same protocol gives 0.9375 and 0.9376.
bool IsOtherSpacing(const v1::Image& a, const v1::Image& b) {
  constexpr double kTolerance = 0.01;
  for (int axis = 0; axis < 3; ++axis) {
    const double larger = std::max(a.spacing_mm(axis), b.spacing_mm(axis));
    if (std::abs(a.spacing_mm(axis) - b.spacing_mm(axis)) > kTolerance * larger) return true;
  }
  return false;
}

const v1::Image* ImageOf(const v1::Sample& sample, const std::string& channel) {
  for (const v1::Image& image : sample.images()) {
    if (image.channel() == channel && image.spacing_mm_size() == 3) return &image;
  }
  return nullptr;
}

void AddSpacings(const v1::Plan& plan, const v1::ArmPlan& arm, Sentences& warnings) {
  const auto& steps = arm.recipe().steps();
  const auto resamples = [](const v1::Step& step) { return step.has_resample(); };
  if (std::any_of(steps.begin(), steps.end(), resamples)) return;
  for (const std::string& channel : InputChannels(arm.recipe(), arm.channels())) {
    const v1::Sample* first = nullptr;
    const v1::Sample* other = nullptr;
    size_t differing = 0;
    for (const auto* samples : {&plan.samples(), &plan.external()}) {
      for (const v1::Sample& sample : *samples) {
        const v1::Image* const image = ImageOf(sample, channel);
        if (image == nullptr) continue;
        if (first == nullptr) first = &sample;
        if (!IsOtherSpacing(*ImageOf(*first, channel), *image)) continue;
        if (differing++ == 0) other = &sample;
      }
    }
    if (other == nullptr) continue;
    warnings.push_back(absl::StrCat(
        "arm ", arm.name(), ": voxels of ", channel, " differ in size and the recipe does not ",
        "resample: ", Describe(plan.spec(), *first), " has ",
        SpacingText(*ImageOf(*first, channel)), ", ", Describe(plan.spec(), *other), " has ",
        SpacingText(*ImageOf(*other, channel)), " (", Some(differing, "sample"),
        " unlike the first); add a step such as resample: {spacing_mm: [2, 2, 2]}"));
  }
}

}  // namespace

std::vector<std::string> WarningsOfSamples(const v1::Plan& plan) {
  const Samples samples(plan.samples().begin(), plan.samples().end());
  Sentences warnings;
  AddMissingGroups(plan, samples, warnings);
  const auto groups = GroupSamples(samples, plan.spec().split().kfold().group());
  for (const v1::ArmPlan& arm : plan.arms()) {
    if (groups.ok()) AddRareClasses(plan, arm, samples, *groups, warnings);
    AddSpacings(plan, arm, warnings);
  }
  return warnings;
}

}  // namespace gyrus

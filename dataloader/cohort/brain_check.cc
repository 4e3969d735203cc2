#include "dataloader/cohort/brain_check.h"

#include <utility>

#include "core/recipe/recipe.h"
#include "core/volume/brain_mask.h"

namespace gyrus {
namespace {

constexpr double kLeastCut = 0.005;

}  // namespace

void BrainCheck::AddImage(Volume volume, v1::Image& image) {
  const std::optional<float> background = BackgroundOf(volume);
  image.set_foreground_share(1);
  if (!background.has_value()) return;
  Volume foreground = MaskAgainst(volume, *background);
  image.set_background(*background);
  image.set_foreground_share(ShareInside(foreground));
  if (request_.preparations().empty()) return;
  foregrounds_[image.channel()] = std::move(foreground);
}

absl::Status BrainCheck::AddMask(Volume volume, v1::Image& mask) {
  Volume inside = MaskFromFile(std::move(volume));
  mask.set_foreground_share(ShareInside(inside));
  if (mask.foreground_share() == 0) {
    return absl::InvalidArgumentError(
        "the brain mask is empty: a voxel is inside where it is at least 0.5");
  }
  mask_ = std::move(inside);
  return absl::OkStatus();
}

std::optional<Volume> BrainCheck::BrainOf(const v1::Preparation& preparation) const {
  if (mask_.has_value()) return mask_;
  std::optional<Volume> brain;
  for (const std::string& channel : preparation.channels()) {
    const auto found = foregrounds_.find(channel);
    if (found == foregrounds_.end()) continue;
    if (!brain.has_value()) {
      brain = found->second;
      continue;
    }
    for (size_t i = 0; i < brain->size(); ++i) {
      if (IsInside(found->second.voxels[i])) brain->voxels[i] = 1;
    }
  }
  return brain;
}

void BrainCheck::AddCuts(v1::Sample& sample) const {
  for (const v1::Preparation& preparation : request_.preparations()) {
    std::optional<Volume> brain = BrainOf(preparation);
    if (!brain.has_value()) continue;
    const double share = ShareOfBrainCut(preparation.recipe(), *std::move(brain));
    if (share < kLeastCut) continue;
    v1::BrainCut& cut = *sample.add_brain_cuts();
    cut.set_arms(preparation.arms());
    cut.set_share(share);
  }
}

}  // namespace gyrus

#include "core/recipe/recipe.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/recipe/recipe_step.h"
#include "core/recipe/steps.h"
#include "core/volume/brain_mask.h"

namespace gyrus {
namespace {

constexpr int64_t kMaxVoxels = int64_t{1} << 31;

absl::Status CheckShape(const Shape3& shape) {
  int64_t voxels = 1;
  for (const int64_t n : shape) {
    if (n < 1 || n > kMaxVoxels / voxels) {
      return absl::InvalidArgumentError(absl::StrCat(
          absl::StrJoin(shape, "x"), " voxels: each axis needs one or more, all at most 2^31"));
    }
    voxels *= n;
  }
  return absl::OkStatus();
}

// Whether the network sees something of what the step makes. A step that makes
// no channel changes all that are there.
bool IsSeen(const std::vector<std::string>& made,
            const google::protobuf::RepeatedPtrField<std::string>& channels) {
  return made.empty() || std::any_of(made.begin(), made.end(), [&](const std::string& channel) {
           return std::count(channels.begin(), channels.end(), channel) > 0;
         });
}

// Collects the channels that the steps of a recipe read by name and those that they
// make. Thread-compatible.
class NamedChannels {
 public:
  explicit NamedChannels(const v1::Recipe& recipe) {
    for (const v1::Step& step : recipe.steps()) {
      const RecipeStep* const kind = FindStep(step);
      if (kind == nullptr) continue;
      for (const std::string& channel : kind->ChannelsRead(step)) {
        if (!IsMade(channel)) AddOnce(channel, read_);
      }
      for (const std::string& channel : kind->ChannelsMade(step)) AddOnce(channel, made_);
    }
  }

  // Images that must be there from the beginning, in the order of their first
  // use.
  const std::vector<std::string>& read() const { return read_; }
  const std::vector<std::string>& made() const { return made_; }
  bool IsMade(const std::string& channel) const {
    return std::count(made_.begin(), made_.end(), channel) > 0;
  }

  static void AddOnce(const std::string& channel, std::vector<std::string>& channels) {
    if (std::count(channels.begin(), channels.end(), channel) == 0) channels.push_back(channel);
  }

 private:
  std::vector<std::string> read_;
  std::vector<std::string> made_;
};

}  // namespace

void FillRecipe(v1::Recipe& recipe) {
  if (recipe.steps().empty()) {
    recipe.add_steps()->mutable_reorient();
    recipe.add_steps()->mutable_zscore();
  }
  for (v1::Step& step : *recipe.mutable_steps()) {
    if (const RecipeStep* const kind = FindStep(step)) kind->FillDefaults(step);
  }
}

void CheckRecipe(const v1::Recipe& recipe, const std::optional<std::vector<std::string>>& listed,
                 const std::string& path, Problems& problems) {
  StepsBefore before{.channels = listed.value_or(std::vector<std::string>()),
                     .channels_are_complete = listed.has_value()};
  for (int i = 0; i < recipe.steps_size(); ++i) {
    const v1::Step& step = recipe.steps(i);
    const std::string step_path = absl::StrCat(path, ".", i);
    // Every other step takes the axes of a volume for those of the body.
    if (step.has_reorient() != (i == 0)) {
      problems.Add(step_path, i == 0 ? "the first step must be {reorient: RAS}"
                                     : "reorient must come first, once");
    }
    const RecipeStep* const kind = FindStep(step);
    if (kind == nullptr) {
      problems.Add(step_path, "is no step");
      continue;
    }
    kind->Check(step, before, absl::StrCat(step_path, ".", NameOf(*kind)), problems);
    for (const std::string& channel : kind->ChannelsMade(step)) before.channels.push_back(channel);
    if (before.negative_since.empty() && kind->MayMakeNegative()) {
      before.negative_since = NameOf(*kind);
    }
  }
}

std::vector<std::string> RecipeWarnings(
    const v1::Recipe& recipe, const google::protobuf::RepeatedPtrField<std::string>& channels) {
  std::vector<std::string> warnings;
  for (const v1::Step& step : recipe.steps()) {
    const RecipeStep* const kind = FindStep(step);
    if (kind == nullptr || !IsSeen(kind->ChannelsMade(step), channels)) continue;
    std::string warning = kind->Warning(step);
    if (!warning.empty()) warnings.push_back(std::move(warning));
  }
  return warnings;
}

std::vector<std::string> InputChannels(
    const v1::Recipe& recipe, const google::protobuf::RepeatedPtrField<std::string>& channels) {
  const NamedChannels named(recipe);
  std::set<std::string> images(named.read().begin(), named.read().end());
  for (const std::string& channel : channels) {
    if (!named.IsMade(channel)) images.insert(channel);
  }
  images.insert(recipe.labels().begin(), recipe.labels().end());
  return {images.begin(), images.end()};
}

std::vector<std::string> ChannelsAfter(const v1::Recipe& recipe,
                                       const std::optional<std::vector<std::string>>& listed) {
  const NamedChannels named(recipe);
  std::vector<std::string> channels = listed.value_or(named.read());
  for (const std::string& channel : named.made()) {
    if (!channel.empty()) NamedChannels::AddOnce(channel, channels);
  }
  return channels;
}

absl::StatusOr<std::vector<uint32_t>> OutputShape(const v1::Recipe& recipe,
                                                  const std::vector<std::string>& channels,
                                                  const Shape3& shape,
                                                  const std::array<double, 3>& spacing_mm) {
  if (!std::all_of(spacing_mm.begin(), spacing_mm.end(), [](double mm) { return mm > 0; })) {
    return absl::InvalidArgumentError(
        absl::StrCat("a spacing that is not positive: ", absl::StrJoin(spacing_mm, " x "), " mm"));
  }
  GYRUS_RETURN_IF_ERROR(CheckShape(shape));
  // Only shapes and spacings are computed, so a plan needs no voxels.
  Grid grid = {shape, spacing_mm};
  for (int i = 0; i < recipe.steps_size(); ++i) {
    const v1::Step& step = recipe.steps(i);
    if (const RecipeStep* const kind = FindStep(step)) grid = kind->GridAfter(step, grid);
    GYRUS_RETURN_IF_ERROR(Annotate(CheckShape(grid.shape), absl::StrCat("recipe.", i)));
  }
  std::vector<uint32_t> output = {static_cast<uint32_t>(channels.size())};
  output.insert(output.end(), grid.shape.begin(), grid.shape.end());
  return output;
}

absl::Status ApplyRecipe(const v1::Recipe& recipe, std::vector<Channel>& channels, Volume& mask) {
  for (const v1::Step& step : recipe.steps()) {
    const RecipeStep* const kind = FindStep(step);
    if (kind == nullptr) {
      return absl::InvalidArgumentError("the recipe has a step that this program does not know");
    }
    GYRUS_RETURN_IF_ERROR(kind->Apply(step, mask, channels));
    mask = kind->MaskAfter(step, std::move(mask));
  }
  return absl::OkStatus();
}

double ShareOfBrainCut(const v1::Recipe& recipe, Volume mask) {
  double kept = 1;
  for (const v1::Step& step : recipe.steps()) {
    const RecipeStep* const kind = FindStep(step);
    if (kind == nullptr) continue;
    const std::array<double, 3> spacing_mm = SpacingOf(mask.affine);
    const bool same_voxels =
        kind->GridAfter(step, {mask.shape, spacing_mm}).spacing_mm == spacing_mm;
    const int64_t before = VoxelsInside(mask);
    mask = kind->MaskAfter(step, std::move(mask));
    if (!same_voxels || before == 0) continue;
    kept *= static_cast<double>(VoxelsInside(mask)) / static_cast<double>(before);
  }
  return 1 - kept;
}

std::vector<uint32_t> StepVersions(const v1::Recipe& recipe) {
  std::vector<uint32_t> versions;
  for (const v1::Step& step : recipe.steps()) {
    const RecipeStep* const kind = FindStep(step);
    versions.push_back(kind == nullptr ? 0 : kind->version());
  }
  return versions;
}

}  // namespace gyrus

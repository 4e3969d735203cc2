#include "attribution/subject.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/files.h"
#include "common/status.h"
#include "core/recipe/recipe.h"
#include "core/volume/image.h"
#include "core/volume/same_grid.h"
#include "dataloader/recipe/prepare.h"

namespace gyrus {
namespace {

// A prediction needs no labels, and a new subject has none.
v1::Recipe WithoutLabels(v1::Recipe recipe) {
  recipe.clear_labels();
  return recipe;
}

// The shape that the network was trained on, along x, y and z. The trial's shape
// has the number of channels before that.
std::vector<uint32_t> VoxelsOf(const v1::TrialSpec& trial) {
  std::vector<uint32_t> shape(trial.input_shape().begin(), trial.input_shape().end());
  if (!shape.empty()) shape.erase(shape.begin());
  return shape;
}

// The channels of a sample must be on one grid, because the network combines them voxel by
// voxel.
absl::Status CheckGrids(const std::map<std::string, Volume>& volumes,
                        const std::map<std::string, std::string>& images) {
  const auto& [first, grid] = *volumes.begin();
  for (const auto& [channel, volume] : volumes) {
    if (OnOneGrid(grid, volume)) continue;
    return absl::InvalidArgumentError(absl::StrCat(images.at(first), " and ", images.at(channel),
                                                   " are on different grids; register one to the "
                                                   "other first"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, Volume>> ReadImages(
    const std::vector<std::string>& channels, const std::map<std::string, std::string>& images) {
  std::map<std::string, Volume> volumes;
  for (const auto& [channel, path] : images) {
    if (std::find(channels.begin(), channels.end(), channel) == channels.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--image ", channel, ": the network reads ", absl::StrJoin(channels, ", ")));
    }
    GYRUS_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
    auto image = ReadCanonicalNifti(file.bytes(), {.digest = false, .buffers = nullptr});
    if (!image.ok()) return Annotate(image.status(), path);
    volumes[channel] = std::move(image->volume);
  }
  for (const std::string& channel : channels) {
    if (volumes.contains(channel)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("channel ", channel, " has no image; add --image ", channel, "=FILE.nii.gz"));
  }
  GYRUS_RETURN_IF_ERROR(CheckGrids(volumes, images));
  return volumes;
}

}  // namespace

absl::StatusOr<std::vector<Volume>> PrepareSubject(
    const v1::TrialSpec& trial, const std::map<std::string, std::string>& images) {
  const v1::Recipe recipe = WithoutLabels(trial.recipe());
  GYRUS_ASSIGN_OR_RETURN(auto volumes, ReadImages(InputChannels(recipe, trial.channels()), images));
  GYRUS_ASSIGN_OR_RETURN(PreparedVolume prepared, Prepare(recipe, std::move(volumes)));
  std::vector<Volume> subject;
  for (const std::string& channel : trial.channels()) {
    const auto at = std::find(prepared.channels.begin(), prepared.channels.end(), channel);
    if (at == prepared.channels.end()) {
      return absl::InvalidArgumentError(absl::StrCat("the recipe gives no channel ", channel));
    }
    subject.push_back(prepared.volumes[at - prepared.channels.begin()]);
    const Shape3& shape = subject.back().shape;
    const std::vector<uint32_t> wanted = VoxelsOf(trial);
    if (!std::equal(shape.begin(), shape.end(), wanted.begin(), wanted.end())) {
      return absl::InvalidArgumentError(
          absl::StrCat("the image comes out of the recipe as ", absl::StrJoin(shape, "x"),
                       ", and the network was trained on ", absl::StrJoin(wanted, "x")));
    }
  }
  return subject;
}

}  // namespace gyrus

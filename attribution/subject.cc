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
// voxel, and its mask too.
absl::Status CheckGrids(const SampleImages& read, const SubjectFiles& files) {
  const auto& [first, grid] = *read.channels.begin();
  const auto differ = [&, &first = first](const std::string& path) {
    return absl::InvalidArgumentError(absl::StrCat(files.images.at(first), " and ", path,
                                                   " are on different grids; register one to the "
                                                   "other first"));
  };
  for (const auto& [channel, volume] : read.channels) {
    if (!OnOneGrid(grid, volume)) return differ(files.images.at(channel));
  }
  if (read.mask.has_value() && !OnOneGrid(grid, *read.mask)) return differ(files.mask);
  return absl::OkStatus();
}

absl::StatusOr<Volume> ReadImage(const std::string& path) {
  GYRUS_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  auto image = ReadCanonicalNifti(file.bytes(), {.digest = false, .buffers = nullptr});
  if (!image.ok()) return Annotate(image.status(), path);
  return std::move(image->volume);
}

absl::StatusOr<SampleImages> ReadImages(const std::vector<std::string>& channels,
                                        const SubjectFiles& files) {
  SampleImages read;
  for (const auto& [channel, path] : files.images) {
    if (std::find(channels.begin(), channels.end(), channel) == channels.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--image ", channel, ": the network reads ", absl::StrJoin(channels, ", ")));
    }
    GYRUS_ASSIGN_OR_RETURN(read.channels[channel], ReadImage(path));
  }
  for (const std::string& channel : channels) {
    if (read.channels.contains(channel)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("channel ", channel, " has no image; add --image ", channel, "=FILE.nii.gz"));
  }
  if (!files.mask.empty()) {
    GYRUS_ASSIGN_OR_RETURN(read.mask, ReadImage(files.mask));
  }
  GYRUS_RETURN_IF_ERROR(CheckGrids(read, files));
  return read;
}

}  // namespace

absl::StatusOr<PreparedSubject> PrepareSubject(const v1::TrialSpec& trial,
                                               const SubjectFiles& files) {
  if (trial.masks_from_files() && files.mask.empty()) {
    return absl::InvalidArgumentError(
        "the network was trained with brain masks from files; add --mask FILE.nii.gz");
  }
  const v1::Recipe recipe = WithoutLabels(trial.recipe());
  GYRUS_ASSIGN_OR_RETURN(SampleImages images,
                         ReadImages(InputChannels(recipe, trial.channels()), files));
  GYRUS_ASSIGN_OR_RETURN(PreparedVolume prepared, Prepare(recipe, std::move(images)));
  PreparedSubject subject;
  for (const std::string& channel : trial.channels()) {
    const auto at = std::find(prepared.channels.begin(), prepared.channels.end(), channel);
    if (at == prepared.channels.end()) {
      return absl::InvalidArgumentError(absl::StrCat("the recipe gives no channel ", channel));
    }
    subject.channels.push_back(prepared.volumes[at - prepared.channels.begin()]);
    const Shape3& shape = subject.channels.back().shape;
    const std::vector<uint32_t> wanted = VoxelsOf(trial);
    if (!std::equal(shape.begin(), shape.end(), wanted.begin(), wanted.end())) {
      return absl::InvalidArgumentError(
          absl::StrCat("the image comes out of the recipe as ", absl::StrJoin(shape, "x"),
                       ", and the network was trained on ", absl::StrJoin(wanted, "x")));
    }
  }
  subject.mask = std::move(prepared.mask);
  return subject;
}

}  // namespace gyrus

#include "dataloader/service/volume_provider.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status.h"
#include "core/recipe/recipe.h"
#include "core/volume/image.h"
#include "dataloader/cohort/admission.h"

namespace gyrus {
namespace {

// The sample's images that the recipe reads.
// INTERNAL: it has none for a channel, which its admission excluded.
absl::StatusOr<std::vector<const v1::Image*>> ImagesRead(const v1::Sample& sample,
                                                         const v1::GrantBody& grant) {
  std::vector<const v1::Image*> images;
  for (const std::string& channel : InputChannels(grant.recipe(), grant.channels())) {
    const auto found =
        std::find_if(sample.images().begin(), sample.images().end(),
                     [&channel](const v1::Image& image) { return image.channel() == channel; });
    if (found == sample.images().end()) {
      return absl::InternalError(absl::StrCat(sample.id(), " has no image of channel ", channel));
    }
    images.push_back(&*found);
  }
  return images;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const VolumeFile>> VolumeProvider::Get(const v1::GrantBody& grant,
                                                                      const std::string& item) {
  absl::Status elsewhere;
  for (const std::string& digest : grant.table_digests()) {
    const auto found = cohorts_.Find(digest);
    if (absl::IsFailedPrecondition(found.status())) {
      elsewhere = found.status();  // A cohort of another loader, or of none.
      continue;
    }
    GYRUS_ASSIGN_OR_RETURN(const auto cohort, found);
    const v1::Sample* const sample = cohort->Find(item);
    if (sample == nullptr) continue;
    GYRUS_ASSIGN_OR_RETURN(const auto images, ImagesRead(*sample, grant));
    ImageDigests digests;
    for (const v1::Image* image : images) digests.channels[image->channel()] = image->digest();
    if (sample->has_mask()) digests.mask = sample->mask().digest();
    return cache_.Get(VolumeId(grant.recipe(), digests),
                      [&] { return Make(cohort->proto(), *sample, images, grant.recipe()); });
  }
  if (!elsewhere.ok()) return Annotate(elsewhere, item);
  return absl::FailedPreconditionError(absl::StrCat(item, " is of no cohort admitted here"));
}

absl::StatusOr<Volume> VolumeProvider::ReadImage(const std::string& path,
                                                 const v1::Image& image) const {
  GYRUS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  auto read = ReadCanonicalNifti(bytes);
  if (!read.ok()) return Annotate(read.status(), path);
  if (read->content_sha256 != image.digest()) {
    return absl::DataLossError(absl::StrCat(path, " has changed since it was admitted"));
  }
  return std::move(read->volume);
}

absl::StatusOr<PreparedVolume> VolumeProvider::Make(const v1::AdmittedCohort& cohort,
                                                    const v1::Sample& sample,
                                                    std::vector<const v1::Image*> images,
                                                    const v1::Recipe& recipe) const {
  if (sample.has_mask()) images.push_back(&sample.mask());
  // A missing file is found before another one is read.
  std::vector<std::string> paths;
  for (const v1::Image* image : images) {
    GYRUS_ASSIGN_OR_RETURN(paths.emplace_back(), ImagePath(cohort, *image, root_));
  }
  SampleImages read;
  for (size_t i = 0; i < images.size(); ++i) {
    GYRUS_ASSIGN_OR_RETURN(Volume volume, ReadImage(paths[i], *images[i]));
    if (images[i] == &sample.mask()) {
      read.mask = std::move(volume);
    } else {
      read.channels[images[i]->channel()] = std::move(volume);
    }
  }
  auto prepared = Prepare(recipe, std::move(read));
  if (!prepared.ok()) {
    return absl::DataLossError(
        absl::StrCat("preparing ", sample.id(), ": ", prepared.status().message()));
  }
  return prepared;
}

}  // namespace gyrus

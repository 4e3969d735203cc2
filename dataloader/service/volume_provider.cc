#include "dataloader/service/volume_provider.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status.h"
#include "core/spec/input_channels.h"
#include "core/volume/image.h"
#include "dataloader/cohort/admission.h"

namespace gyrus {
namespace {

// The sample's images that the recipe reads.
std::vector<const v1::Image*> ImagesRead(const v1::Sample& sample, const v1::GrantBody& grant) {
  const auto channels = InputChannels(grant.recipe(), grant.channels());
  std::vector<const v1::Image*> images;
  for (const v1::Image& image : sample.images()) {
    if (std::find(channels.begin(), channels.end(), image.channel()) != channels.end()) {
      images.push_back(&image);
    }
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
    std::map<std::string, std::string> digests;
    for (const v1::Image* image : ImagesRead(*sample, grant)) {
      digests[image->channel()] = image->digest();
    }
    return cache_.Get(VolumeId(grant.recipe(), digests),
                      [&] { return Make(cohort->proto(), *sample, grant); });
  }
  if (!elsewhere.ok()) return Annotate(elsewhere, item);
  return absl::FailedPreconditionError(absl::StrCat(item, " is of no cohort admitted here"));
}

absl::StatusOr<PreparedVolume> VolumeProvider::Make(const v1::AdmittedCohort& cohort,
                                                    const v1::Sample& sample,
                                                    const v1::GrantBody& grant) const {
  std::map<std::string, Volume> volumes;
  for (const v1::Image* image : ImagesRead(sample, grant)) {
    GYRUS_ASSIGN_OR_RETURN(const std::string path, ImagePath(cohort, *image, root_));
    GYRUS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
    auto read = ReadCanonicalNifti(bytes);
    if (!read.ok()) return Annotate(read.status(), path);
    if (read->content_sha256 != image->digest()) {
      return absl::DataLossError(absl::StrCat(path, " has changed since it was admitted"));
    }
    volumes[image->channel()] = std::move(read->volume);
  }
  auto prepared = Prepare(grant.recipe(), std::move(volumes));
  if (!prepared.ok()) {
    return absl::DataLossError(
        absl::StrCat("preparing ", sample.id(), ": ", prepared.status().message()));
  }
  return prepared;
}

}  // namespace gyrus

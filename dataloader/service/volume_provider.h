// Finds the prepared volume of an item: from the cache, or by reading the images and
// applying the recipe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataloader/cache/volume_cache.h"
#include "dataloader/cohort/data_root.h"
#include "dataloader/service/admitted_cohorts.h"
#include "gyrus/v1/loader.pb.h"

namespace gyrus {

// The objects that it is given must outlive it. Thread-safe.
class VolumeProvider {
 public:
  VolumeProvider(const DataRoot& root, AdmittedCohorts& cohorts, VolumeCache& cache)
      : root_(root), cohorts_(cohorts), cache_(cache) {}

  // The volume of `item` after the recipe of the grant. Blocks while it is prepared.
  // FAILED_PRECONDITION and DATA_LOSS: as loader.proto says for the method Read.
  absl::StatusOr<std::shared_ptr<const VolumeFile>> Get(const v1::GrantBody& grant,
                                                        const std::string& item);

 private:
  absl::StatusOr<PreparedVolume> Make(const v1::AdmittedCohort& cohort, const v1::Sample& sample,
                                      std::vector<const v1::Image*> images,
                                      const v1::Recipe& recipe) const;
  // DATA_LOSS: the file is not what was admitted.
  absl::StatusOr<Volume> ReadImage(const std::string& path, const v1::Image& image) const;

  const DataRoot& root_;
  AdmittedCohorts& cohorts_;
  VolumeCache& cache_;
};

}  // namespace gyrus

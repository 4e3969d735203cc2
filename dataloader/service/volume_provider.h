// An item -> its prepared volume.
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

// Thread-safe; what it works with outlives it.
class VolumeProvider {
 public:
  VolumeProvider(const DataRoot& root, AdmittedCohorts& cohorts, VolumeCache& cache)
      : root_(root), cohorts_(cohorts), cache_(cache) {}

  // The volume of `item` after the grant's recipe. Blocks while it is made.
  // FAILED_PRECONDITION, DATA_LOSS: as v1::DataLoader.Read says.
  absl::StatusOr<std::shared_ptr<const VolumeFile>> Get(const v1::GrantBody& grant,
                                                        const std::string& item);

 private:
  absl::StatusOr<PreparedVolume> Make(const v1::AdmittedCohort& cohort, const v1::Sample& sample,
                                      const std::vector<const v1::Image*>& images,
                                      const v1::Recipe& recipe) const;

  const DataRoot& root_;
  AdmittedCohorts& cohorts_;
  VolumeCache& cache_;
};

}  // namespace gyrus

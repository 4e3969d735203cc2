#include "coordinator/runtime/result_builder.h"

#include <string>
#include <utility>
#include <vector>

#include "common/status.h"

namespace gyrus {

absl::StatusOr<MadeResult> ResultBuilder::Build(const ExperimentMachine& machine) const {
  ResultSources sources;
  sources.object = [this](const std::string& sha256) -> absl::StatusOr<std::string> {
    GYRUS_ASSIGN_OR_RETURN(const MappedFile file, vault_.Read(sha256));
    return std::string(file.bytes());
  };
  sources.items_seen = [this, &machine](
                           const std::string& trial_id,
                           uint32_t attempt) -> absl::StatusOr<std::vector<v1::EpochItemsSeen>> {
    GYRUS_ASSIGN_OR_RETURN(auto ranks, reader_.ItemsSeen({machine.id(), trial_id, attempt}));
    // Rank 0 reports for all ranks.
    for (RankItemsSeen& items_seen : ranks) {
      if (items_seen.rank == 0) return std::move(items_seen.epochs);
    }
    return std::vector<v1::EpochItemsSeen>();
  };
  return MakeResult(machine, sources);
}

absl::StatusOr<v1::Curves> ResultBuilder::BuildCurves(const ExperimentMachine& machine) const {
  return MakeCurves(machine, [this, &machine](const std::string& trial_id) {
    return reader_.Epochs(machine.id(), trial_id);
  });
}

}  // namespace gyrus

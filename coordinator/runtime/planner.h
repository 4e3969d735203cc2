// Plans an experiment: asks the data loaders for its samples and makes folds and
// trials of them, or returns the reasons why that is impossible.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/runtime/loaders.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct PlanOutcome {
  std::optional<v1::Plan> plan;
  std::vector<v1::Reason> reasons;  // Why there is no plan.
};

// Cheap checks come first: no loader is asked where the experiment itself cannot
// run, and no image is read where a row of a manifest or the split that the rows
// allow is refused. `loaders` must outlive
// it. Thread-safe; Make blocks while the loaders read the images.
class Planner {
 public:
  explicit Planner(Loaders& loaders) : loaders_(loaders) {}

  // `spec` has its defaults filled in and is checked. `progress` is called while
  // images are read. CANCELLED: the loaders were closed.
  absl::StatusOr<PlanOutcome> Make(const v1::ExperimentSpec& spec,
                                   const std::function<void(const v1::Admission&)>& progress);

  // What has changed of the data since the experiment was planned; none: nothing. Rows are
  // compared before any image is read. Also the reasons for which the loaders refuse the
  // data, or cannot be reached. `spec` is that of the whole experiment. Blocks while the
  // loaders read the images. CANCELLED: the loaders were closed.
  absl::StatusOr<std::vector<v1::Reason>> FindChanges(const v1::ExperimentSpec& spec,
                                                      const v1::Plan& plan);

 private:
  struct Admitted {
    std::vector<v1::SampleTable> tables;
    std::map<std::string, uint32_t> loaders;  // By cohort; which loader has it.
  };
  absl::StatusOr<Admitted> AdmitAll(const v1::ExperimentSpec& spec, bool rows_only,
                                    const std::function<void(const v1::Admission&)>& progress,
                                    std::vector<v1::Reason>& reasons);

  Loaders& loaders_;
};

}  // namespace gyrus

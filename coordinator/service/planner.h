// A spec -> what the loaders have -> a plan, or why there is none.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/service/loaders.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct PlanOutcome {
  std::optional<v1::Plan> plan;
  std::vector<v1::Reason> reasons;  // Why there is no plan.
};

// Thread-safe; blocks while the loaders read the images.
class Planner {
 public:
  explicit Planner(Loaders& loaders) : loaders_(loaders) {}

  // `spec` with defaults filled and checked. CANCELLED: the loaders were closed.
  absl::StatusOr<PlanOutcome> Make(const v1::ExperimentSpec& spec,
                                   const std::function<void(const v1::Admission&)>& progress);

 private:
  Loaders& loaders_;
};

}  // namespace gyrus

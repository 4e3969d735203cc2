// What the plan asks of core/spec.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/volume/volume.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

struct PlanTools {
  // core/spec/arm.h
  std::function<v1::ArmPlan(const v1::ExperimentSpec&, const v1::Arm&)> resolve_arm;
  // core/recipe/recipe.h: channels, then voxels along x, y, z.
  std::function<absl::StatusOr<std::vector<uint32_t>>(
      const v1::Recipe&, const std::vector<std::string>& channels, const Shape3& shape,
      const std::array<double, 3>& spacing_mm)>
      output_shape;
  // core/network/network.h
  std::function<absl::StatusOr<v1::NetworkCost>(const v1::Model&, const v1::Task&,
                                                const std::vector<uint32_t>& input_shape)>
      network_cost;
  // core/network/tensor_rules.h
  std::function<absl::Status(const v1::ArmPlan&)> check_tensor_rules;
  // core/spec/check/warnings.h
  std::function<std::vector<std::string>(const v1::ExperimentSpec&)> warnings;
};

}  // namespace gyrus

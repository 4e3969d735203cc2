#include "worker/training/not_finite.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "models/torch_boundary.h"
#include "worker/training/failure.h"

namespace gyrus {
namespace {

constexpr char kHelp[] = "lower the learning rate or clip the gradient (train.clip_norm)";

}  // namespace

absl::Status NotFiniteLoss::CheckLoss(double loss, const std::string& doing, const Leaf& leaf) {
  if (std::isfinite(loss) || !first_.empty()) return absl::OkStatus();
  GYRUS_ASSIGN_OR_RETURN(const std::string tensor, CallTorch(doing, [&] {
                           return network_.FirstNotFinite(leaf.volumes, leaf.covariates);
                         }));
  first_ = absl::StrCat("the loss became ", loss, " in ", doing, ": ",
                        tensor.empty() ? "the network's outputs are finite, their loss is not"
                                       : absl::StrCat("first in ", tensor),
                        "; ", kHelp, ", or look at the targets");
  return absl::OkStatus();
}

absl::Status NotFiniteLoss::Failure(uint32_t step) const {
  GYRUS_ASSIGN_OR_RETURN(const auto ranks, collective_.AllGatherBytes(first_));
  for (const std::string& said : ranks) {
    if (!said.empty()) return MarkShared(absl::OutOfRangeError(said));
  }
  return MarkShared(absl::OutOfRangeError(
      absl::StrCat("the sum of the losses of step ", step, " is not finite; ", kHelp)));
}

absl::Status CheckWeightsFinite(const NamedTensors& weights) {
  std::string first;
  GYRUS_RETURN_IF_ERROR(CallTorch("looking at the last weights", [&] {
    for (const auto& [name, tensor] : weights) {
      if (first.empty() && !tensor.isfinite().all().item<bool>()) first = name;
    }
  }));
  if (first.empty()) return absl::OkStatus();
  return MarkShared(absl::OutOfRangeError(
      absl::StrCat("after the last step ", first, " is not finite; ", kHelp)));
}

}  // namespace gyrus

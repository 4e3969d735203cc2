#include "worker/training/leaf.h"

#include <limits>

namespace gyrus {
namespace {

// Returns [items, covariates], or an undefined tensor where the network takes none.
torch::Tensor CovariatesOf(const std::vector<const v1::Item*>& items) {
  std::vector<float> values;
  for (const v1::Item* item : items) {
    for (const double value : item->covariates()) values.push_back(static_cast<float>(value));
  }
  if (values.empty()) return {};
  return torch::tensor(values).reshape({static_cast<int64_t>(items.size()), -1});
}

// A missing target becomes NaN, which the losses recognise (models/loss.h).
torch::Tensor TargetsOf(const std::vector<const v1::Item*>& items) {
  std::vector<float> targets;
  for (const v1::Item* item : items) {
    targets.push_back(item->has_target() ? static_cast<float>(item->target())
                                         : std::numeric_limits<float>::quiet_NaN());
  }
  return torch::tensor(targets);
}

// One item needs no copy.
torch::Tensor Together(const std::vector<torch::Tensor>& volumes) {
  return volumes.size() == 1 ? volumes[0].unsqueeze(0).contiguous() : torch::stack(volumes);
}

}  // namespace

Leaf MakeLeaf(const v1::TrialSpec& trial, const std::vector<const v1::Item*>& items,
              std::vector<torch::Tensor> volumes, const Device& device) {
  Leaf leaf;
  const int64_t labels = trial.recipe().labels_size();
  const int64_t channels = volumes[0].size(0) - labels;
  if (labels > 0) {
    // One label image is what a task can ask for.
    std::vector<torch::Tensor> images;
    for (torch::Tensor& volume : volumes) {
      images.push_back(volume.select(0, channels));
      volume = volume.narrow(0, 0, channels);
    }
    leaf.targets.labels = device.FromHost(torch::stack(images));
  }
  leaf.volumes = device.FromHost(Together(volumes));
  if (const torch::Tensor covariates = CovariatesOf(items); covariates.defined()) {
    leaf.covariates = device.FromHost(covariates);
  }
  leaf.targets.numbers = device.FromHost(TargetsOf(items));
  return leaf;
}

}  // namespace gyrus

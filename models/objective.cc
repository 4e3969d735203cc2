#include "models/objective.h"

#include <algorithm>
#include <cmath>

#include "models/loss.h"

namespace gyrus {
namespace {

// The weight of an output is 1 where the experiment does not set it.
template <typename Part>
double WeightOf(const Part& part) {
  return part.has_weight() ? part.weight() : 1;
}

// Classes of a segmentation, without the background.
int64_t ForegroundOf(const v1::Task& task) { return task.segmentation().classes_size(); }

torch::Tensor TensorOf(const std::vector<double>& values) {
  return torch::tensor(values, torch::kFloat64).to(torch::kFloat32);
}

// Dice of each class but the background, [items, classes]; NaN where neither
// has a voxel of it.
torch::Tensor HardDice(const torch::Tensor& logits, const torch::Tensor& labels) {
  const torch::Tensor said = logits.argmax(1);
  std::vector<torch::Tensor> dice;
  for (int64_t c = 1; c < logits.size(1); ++c) {
    const torch::Tensor a = said.eq(c).flatten(1), b = labels.eq(c).flatten(1);
    const torch::Tensor both = a.logical_and(b).sum(1).to(torch::kFloat32);
    dice.push_back(2 * both / (a.sum(1) + b.sum(1)));
  }
  return torch::stack(dice, 1);
}

}  // namespace

int64_t PredictedClass(absl::Span<const float> probabilities) {
  if (probabilities.size() == 2) return probabilities[1] >= 0.5F ? 1 : 0;
  return std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin();
}

Objective::Objective(const v1::TrialSpec& trial, const Graph& graph, const Device& device)
    : task_(trial.task()), scale_(trial.output_scale()), offset_(trial.output_offset()) {
  std::vector<double> weights(trial.class_weights().begin(), trial.class_weights().end());
  if (weights.empty()) weights.assign(task_.classification().classes_size(), 1);
  class_weights_ = device.FromHost(TensorOf(weights));
  if (task_.has_soft_labels()) {
    bin_centres_ = device.FromHost(TensorOf(SoftBins::Of(task_.soft_labels()).Centres()));
  }
  for (const Node& node : graph.nodes) {
    if (node.op == Op::kSlices) slices_ = node;
  }
}

torch::Tensor Objective::NumbersOf(const torch::Tensor& numbers) const {
  if (task_.has_classification()) return numbers.softmax(1);
  if (task_.has_soft_labels()) {
    return (numbers.softmax(1) * bin_centres_).sum(1);
  }
  return numbers.squeeze(1) * scale_ + offset_;
}

torch::Tensor Objective::SlicesOf(const torch::Tensor& images, int64_t first_axis) const {
  if (!slices_.has_value()) return images;
  if (images.size(first_axis + slices_->axis) == 1) return images;  // One slice, by itself.
  return images.narrow(first_axis + slices_->axis, slices_->first, slices_->slices);
}

torch::Tensor Objective::ClassesOf(const torch::Tensor& labels) const {
  torch::Tensor classes = torch::zeros_like(labels, torch::kInt64);
  int64_t index = 0;
  for (const v1::SegmentationClass& spec : task_.segmentation().classes()) {
    ++index;
    for (const uint32_t value : spec.values()) {
      classes.masked_fill_(labels.eq(static_cast<int64_t>(value)), index);
    }
  }
  return SlicesOf(classes, 1);
}

Objective::Part Objective::NumberPart(const torch::Tensor& numbers,
                                      const torch::Tensor& targets) const {
  Part part = {.loss = {}, .present = targets.isnan().logical_not().to(torch::kFloat32)};
  if (task_.has_classification()) {
    part.loss = ClassLoss(numbers, targets, class_weights_);
    part.weight = WeightOf(task_.classification());
  } else if (task_.has_soft_labels()) {
    part.loss = SoftLabelLoss(numbers, targets, SoftBins::Of(task_.soft_labels()));
    part.weight = WeightOf(task_.soft_labels());
  } else {
    part.loss = NumberLoss(task_.regression().loss(), NumbersOf(numbers), targets);
    part.weight = WeightOf(task_.regression());
  }
  return part;
}

std::vector<Objective::Part> Objective::Parts(const Outputs& outputs, const Targets& targets,
                                              const torch::Tensor& volumes) const {
  std::vector<Part> parts;
  if (outputs.numbers.defined()) parts.push_back(NumberPart(outputs.numbers, targets.numbers));
  if (outputs.segmentation.defined()) {
    parts.push_back({.loss = SegmentationLoss(outputs.segmentation, ClassesOf(targets.labels)),
                     .present = {},
                     .weight = WeightOf(task_.segmentation())});
  }
  if (outputs.reconstruction.defined()) {
    parts.push_back({.loss = ImageLoss(task_.reconstruction().loss(), outputs.reconstruction,
                                       SlicesOf(volumes, 2)),
                     .present = {},
                     .weight = WeightOf(task_.reconstruction())});
  }
  return parts;
}

torch::Tensor Objective::Losses(const Outputs& outputs, const Targets& targets,
                                const torch::Tensor& volumes) const {
  torch::Tensor sum;
  int64_t output = 0;
  for (const Part& part : Parts(outputs, targets, volumes)) {
    torch::Tensor loss = part.weight == 1 ? part.loss : part.loss * part.weight;
    if (outputs.log_variances.defined()) {
      const torch::Tensor s = outputs.log_variances[output];
      loss = loss * (-s).exp() + (part.present.defined() ? part.present * s : s);
    }
    sum = sum.defined() ? sum + loss : loss;
    ++output;
  }
  return sum;
}

torch::Tensor Objective::Scores(const Outputs& outputs, const Targets& targets,
                                const torch::Tensor& volumes) const {
  std::vector<torch::Tensor> columns = {Losses(outputs, targets, volumes).unsqueeze(1)};
  if (outputs.numbers.defined()) {
    const torch::Tensor numbers = NumbersOf(outputs.numbers);
    columns.push_back(numbers.dim() == 1 ? numbers.unsqueeze(1) : numbers);
  }
  if (outputs.segmentation.defined()) {
    columns.push_back(HardDice(outputs.segmentation, ClassesOf(targets.labels)));
  }
  if (outputs.reconstruction.defined()) {
    columns.push_back(
        ImageLoss(v1::LOSS_L1, outputs.reconstruction, SlicesOf(volumes, 2)).unsqueeze(1));
  }
  return torch::cat(columns, 1).contiguous();
}

size_t Objective::scores_per_item() const {
  const size_t numbers = task_.has_classification() ? task_.classification().classes_size()
                         : task_.has_soft_labels() || task_.has_regression() ? 1
                                                                             : 0;
  return 1 + numbers + ForegroundOf(task_) + (task_.has_reconstruction() ? 1 : 0);
}

v1::Prediction Objective::ReadScores(const v1::Item& item, absl::Span<const float> scores) const {
  v1::Prediction prediction;
  prediction.set_item(item.id());
  if (item.has_target()) prediction.set_target(item.target());
  const float* score = scores.data();
  const float loss = *score++;
  // An item without any target has no loss, which is not the same as a loss of 0.
  if (item.has_target() || task_.has_segmentation() || task_.has_reconstruction()) {
    prediction.set_loss(loss);
  }
  if (task_.has_classification()) {
    const int classes = task_.classification().classes_size();
    prediction.set_prediction(
        static_cast<double>(PredictedClass({score, static_cast<size_t>(classes)})));
    for (int c = 0; c < classes; ++c) prediction.add_probabilities(*score++);
  } else if (task_.has_regression() || task_.has_soft_labels()) {
    prediction.set_prediction(*score++);
  }
  for (int64_t c = 0; c < ForegroundOf(task_); ++c) {
    v1::SegmentationScore& dice = *prediction.add_segmentation();
    if (!std::isnan(*score)) dice.set_dice(*score);
    ++score;
  }
  if (task_.has_reconstruction()) prediction.set_reconstruction_error(*score);
  return prediction;
}

}  // namespace gyrus

// The objective of a task: it computes the losses from a network's outputs, and the
// predictions from which metrics are computed.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "core/network/graph.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/record.pb.h"
#include "models/network.h"

namespace gyrus {

// The targets of a batch of items.
struct Targets {
  // [items]: a number in target units, or the index of a class. NaN means missing.
  torch::Tensor numbers;
  // [items, x, y, z]: the label image. Undefined without segmentation.
  torch::Tensor labels;
};

// Returns the predicted class: the most probable one. Of two classes the second is
// predicted from a probability of one half on, as in core/evaluate.
int64_t PredictedClass(absl::Span<const float> probabilities);

// Thread-compatible.
class Objective {
 public:
  // `graph` and `device` are those of the trial's network. An output without a weight in
  // the task has weight 1.
  Objective(const v1::TrialSpec& trial, const Graph& graph, const Device& device = CpuDevice());

  // Returns the loss of each item, [items]. `volumes` are the network's input.
  torch::Tensor Losses(const Outputs& outputs, const Targets& targets,
                       const torch::Tensor& volumes) const;

  // Returns the predictions, through which gradients can be taken: [items] in target
  // units, or probabilities [items, classes]. The task must have a number or a class.
  torch::Tensor PredictedNumbers(const Outputs& outputs) const {
    return NumbersOf(outputs.numbers);
  }

  // Returns everything that predictions consist of, one row for each item, float32.
  // ReadScores turns a row into a message.
  torch::Tensor Scores(const Outputs& outputs, const Targets& targets,
                       const torch::Tensor& volumes) const;
  size_t scores_per_item() const;
  // Makes the prediction of an item from its row of scores.
  v1::Prediction ReadScores(const v1::Item& item, absl::Span<const float> scores) const;

 private:
  // One part of the loss. There is one for each output of the task, in this order.
  struct Part {
    torch::Tensor loss;     // [items]
    torch::Tensor present;  // [items], 1 or 0. It is undefined if every item has a target.
    double weight = 1;
  };
  std::vector<Part> Parts(const Outputs& outputs, const Targets& targets,
                          const torch::Tensor& volumes) const;
  Part NumberPart(const torch::Tensor& numbers, const torch::Tensor& targets) const;
  // Returns [items] in target units, or probabilities [items, classes].
  torch::Tensor NumbersOf(const torch::Tensor& numbers) const;
  // Converts label images to indices of classes, for the slices that the network sees.
  torch::Tensor ClassesOf(const torch::Tensor& labels) const;
  torch::Tensor SlicesOf(const torch::Tensor& images, int64_t first_axis) const;

  v1::Task task_;
  double scale_;
  double offset_;
  torch::Tensor class_weights_;  // [classes], on the device.
  torch::Tensor bin_centres_;    // [bins] of soft labels, on the device.
  std::optional<Node> slices_;   // Where the network sees some slices only.
};

}  // namespace gyrus

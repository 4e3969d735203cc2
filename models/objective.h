// What a task asks of a network's outputs: losses to train by, and scores to
// judge by.
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

// What items should be answered with.
struct Targets {
  // [items]: a number in target units, or the index of a class; NaN: not known.
  torch::Tensor numbers;
  // [items, x, y, z]: what the label image says; undefined without segmentation.
  torch::Tensor labels;
};

// The class that is told; of two, as metrics decide (core/evaluate), the second
// from one half on.
int64_t PredictedClass(absl::Span<const float> probabilities);

// Thread-compatible.
class Objective {
 public:
  // `graph` and `device` are those of the trial's network. What the task leaves out
  // has weight 1.
  Objective(const v1::TrialSpec& trial, const Graph& graph, const Device& device = CpuDevice());

  // What each item adds to the loss, [items]. `volumes` are those that the
  // network answered of.
  torch::Tensor Losses(const Outputs& outputs, const Targets& targets,
                       const torch::Tensor& volumes) const;

  // What is told of each item, with its gradient: [items] in target units, or
  // [items, classes], probabilities. Only of a task with a number or classes.
  torch::Tensor PredictedNumbers(const Outputs& outputs) const {
    return NumbersOf(outputs.numbers);
  }

  // All that a prediction says, a row for each item, float32; for ReadScores.
  torch::Tensor Scores(const Outputs& outputs, const Targets& targets,
                       const torch::Tensor& volumes) const;
  size_t scores_per_item() const;
  // Of one row.
  v1::Prediction ReadScores(const v1::Item& item, absl::Span<const float> scores) const;

 private:
  // What a loss is of: each answer of the task, in this order.
  struct Part {
    torch::Tensor loss;     // [items]
    torch::Tensor present;  // [items], 1 or 0; undefined: all are.
    double weight = 1;
  };
  std::vector<Part> Parts(const Outputs& outputs, const Targets& targets,
                          const torch::Tensor& volumes) const;
  Part NumberPart(const torch::Tensor& numbers, const torch::Tensor& targets) const;
  // [items], target units, or [items, classes], probabilities.
  torch::Tensor NumbersOf(const torch::Tensor& numbers) const;
  // Label images to indices of classes, of those slices that the network saw.
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

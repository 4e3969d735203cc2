// Trains a few steps with Gyrus's own network, loss and optimiser, and writes
// down all that torch_peer.py needs to do the same with PyTorch.
//
//   torch_peer_steps FOLDER MODEL TASK CxXxYxZ STEPS THREADS
//
// FOLDER gets, as safetensors:
//   start      weights before the first step
//   batches    volumes, targets, label images and covariates, used in turn
//   forward    what each operator of the first step got and gave, by number
//   gradients  of the first step, of the sum over items
//   steps      loss of each step, and the network's numbers
//   end        weights after the last step
//   optimizer  its state then
// and prints the version of LibTorch and the path of its library.
#include <ATen/record_function.h>
#include <dlfcn.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/files.h"
#include "common/random.h"
#include "common/status.h"
#include "core/spec/covariates.h"
#include "google/protobuf/text_format.h"
#include "models/initial_weights.h"
#include "models/network.h"
#include "models/objective.h"
#include "models/weights/safetensors.h"
#include "worker/trainer/runtime.h"
#include "worker/training/optimizer.h"
#include "worker/training/weights.h"

namespace gyrus {
namespace {

constexpr int kBatches = 4;
constexpr int kItems = 2;

struct Options {
  std::string folder;
  v1::Model model;
  v1::Task task;
  Shape input;
  int steps = 0;
  int threads = 1;
};

v1::TrialSpec Trial(const Options& options) {
  v1::TrialSpec trial;
  *trial.mutable_model() = options.model;
  *trial.mutable_task() = options.task;
  for (int c = 0; c < options.task.classification().classes_size(); ++c) {
    trial.add_class_weights(1 + c);
  }
  v1::Adam& adam = *trial.mutable_train()->mutable_optimizer()->mutable_adam();
  adam.set_lr(1e-4);
  adam.set_beta1(0.9);
  adam.set_beta2(0.999);
  adam.set_eps(1e-8);
  trial.set_output_scale(12.5);
  trial.set_output_offset(40);
  return trial;
}

torch::Tensor Random(const std::string& name, const std::vector<int64_t>& shape, double low,
                     double high) {
  const torch::Tensor tensor = torch::empty(shape);
  RandomStream random(1, name);
  float* const values = tensor.data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = static_cast<float>(low + (high - low) * random.NextUnit());
  }
  return tensor;
}

NamedTensors MakeBatches(const Options& options) {
  const Shape& input = options.input;
  std::vector<int64_t> volumes = {kBatches, kItems}, labels = volumes;
  volumes.insert(volumes.end(), input.begin(), input.end());
  labels.insert(labels.end(), input.begin() + 1, input.end());
  const int classes = options.task.classification().classes_size();
  const int columns = CovariateColumns(options.model).size();
  NamedTensors batches = {
      {"volumes", Random("volumes", volumes, -2, 2)},
      {"targets", classes > 0 ? Random("targets", {kBatches, kItems}, 0, classes).floor()
                              : Random("targets", {kBatches, kItems}, 30, 55)}};
  if (options.task.has_segmentation()) batches["labels"] = Random("labels", labels, 0, 4).floor();
  if (columns > 0) batches["covariates"] = Random("covariates", {kBatches, kItems, columns}, -2, 2);
  return batches;
}

// Logs the outputs of torch's operators during a forward pass, while an object of it
// lives. For convolutions it also logs the inputs, which shows the operators that are
// not torch's. Operators that are made of others count once.
class OperatorLog {
 public:
  OperatorLog() {
    handle_ = at::addThreadLocalCallback(
        at::RecordFunctionCallback(&Begin, &End).needsInputs(true).needsOutputs(true));
  }
  ~OperatorLog() { at::removeCallback(handle_); }
  NamedTensors Take() { return std::exchange(made_, {}); }

 private:
  static std::unique_ptr<at::ObserverContext> Begin(const at::RecordFunction& function) {
    if (!IsWatched(function)) return nullptr;
    const std::string name = function.name();
    if (inside_++ == 0 && name.rfind("aten::conv", 0) == 0) Add("input", function.inputs().at(0));
    return nullptr;
  }
  static void End(const at::RecordFunction& function, at::ObserverContext*) {
    if (!IsWatched(function)) return;
    if (--inside_ == 0) Add(function.name(), function.outputs().at(0));
  }
  static bool IsWatched(const at::RecordFunction& function) {
    static const std::set<std::string> names = {
        "aten::conv2d", "aten::conv3d",      "aten::conv_transpose2d", "aten::conv_transpose3d",
        "aten::relu_",  "aten::leaky_relu_", "aten::instance_norm",    "aten::batch_norm",
        "aten::linear", "aten::lstm"};
    return names.contains(function.name());
  }
  // A copy: the next operator may work in place.
  static void Add(const std::string& name, const c10::IValue& tensor) {
    made_[absl::StrFormat("%03d %s", made_.size(), name)] =
        tensor.toTensor().detach().clone(at::MemoryFormat::Contiguous);
  }

  static NamedTensors made_;
  static int inside_;
  at::CallbackHandle handle_;
};
NamedTensors OperatorLog::made_;
int OperatorLog::inside_ = 0;

absl::Status Write(const std::string& folder, const std::string& name,
                   const NamedTensors& tensors) {
  std::string bytes;
  GYRUS_RETURN_IF_ERROR(WriteSafetensors(tensors, [&bytes](absl::string_view piece) {
    absl::StrAppend(&bytes, piece);
    return absl::OkStatus();
  }));
  return WriteFileAtomically(absl::StrCat(folder, "/", name, ".safetensors"), bytes);
}

// Forward, loss, backward, as the step loop's leaf of a whole batch.
class Stepper {
 public:
  Stepper(const Options& options, Network& network)
      : trial_(Trial(options)),
        network_(network),
        objective_(trial_, network.graph()),
        optimizer_(network, trial_.train().optimizer().adam()),
        batches_(MakeBatches(options)) {}

  void Step(int step) {
    const torch::Tensor volumes = Batch("volumes", step);
    const Outputs outputs = network_.Forward(volumes, Batch("covariates", step));
    const Targets targets = {Batch("targets", step), Batch("labels", step)};
    const torch::Tensor sum = objective_.Losses(outputs, targets, volumes).sum();
    sum.backward();
    if (outputs.numbers.defined()) numbers_.push_back(outputs.numbers.detach());
    losses_.push_back(sum.detach());
    Gradients gradients;
    for (torch::Tensor& parameter : network_.parameters()) {
      gradients.push_back(std::exchange(parameter.mutable_grad(), torch::Tensor()));
    }
    if (step == 0) KeepGradients(gradients);
    optimizer_.Step(trial_.train().optimizer().adam().lr(), gradients, kItems);
  }

  void Forward() { network_.Forward(Batch("volumes", 0), Batch("covariates", 0)); }

  const NamedTensors& batches() const { return batches_; }
  const NamedTensors& first_gradients() const { return first_gradients_; }
  NamedTensors steps() const {
    NamedTensors steps = {{"losses", torch::stack(losses_)}};
    if (!numbers_.empty()) steps["numbers"] = torch::stack(numbers_);
    return steps;
  }
  NamedTensors optimizer() const { return optimizer_.State(); }

 private:
  // Undefined where there is none of it.
  torch::Tensor Batch(const std::string& name, int step) const {
    const auto found = batches_.find(name);
    return found == batches_.end() ? torch::Tensor() : found->second[step % kBatches].clone();
  }

  // Copies, for the optimiser changes them.
  void KeepGradients(const Gradients& gradients) {
    size_t i = 0;
    for (const auto& entry : network_.named_parameters()) {
      first_gradients_[entry.key()] = gradients[i++].clone();
    }
  }

  const v1::TrialSpec trial_;
  Network& network_;
  const Objective objective_;
  AdamOptimizer optimizer_;
  const NamedTensors batches_;
  NamedTensors first_gradients_;
  std::vector<torch::Tensor> numbers_, losses_;
};

absl::Status Run(const Options& options) {
  KeepFreedMemory();
  SetThreads(options.threads);
  const std::string& folder = options.folder;
  GYRUS_ASSIGN_OR_RETURN(const std::shared_ptr<Network> network,
                         MakeNetwork(options.model, options.task, options.input));
  InitialiseWeights(*network, 1);
  Stepper stepper(options, *network);
  GYRUS_RETURN_IF_ERROR(Write(folder, "start", WeightsOf(*network)));
  GYRUS_RETURN_IF_ERROR(Write(folder, "batches", stepper.batches()));
  {
    OperatorLog log;
    const torch::NoGradGuard no_gradient;
    stepper.Forward();
    GYRUS_RETURN_IF_ERROR(Write(folder, "forward", log.Take()));
  }
  for (int step = 0; step < options.steps; ++step) stepper.Step(step);
  GYRUS_RETURN_IF_ERROR(Write(folder, "gradients", stepper.first_gradients()));
  GYRUS_RETURN_IF_ERROR(Write(folder, "steps", stepper.steps()));
  GYRUS_RETURN_IF_ERROR(Write(folder, "end", WeightsOf(*network)));
  return Write(folder, "optimizer", stepper.optimizer());
}

// One step for each line on standard input, and its seconds on standard output.
absl::Status TakeTurns(const Options& options) {
  KeepFreedMemory();
  SetThreads(options.threads);
  GYRUS_ASSIGN_OR_RETURN(const std::shared_ptr<Network> network,
                         MakeNetwork(options.model, options.task, options.input));
  InitialiseWeights(*network, 1);
  Stepper stepper(options, *network);
  std::string line;
  for (int step = 0; std::getline(std::cin, line); ++step) {
    const absl::Time begin = absl::Now();
    stepper.Step(step);
    std::printf("%.6f\n", absl::ToDoubleSeconds(absl::Now() - begin));
    std::fflush(stdout);
  }
  return absl::OkStatus();
}

// Where this program's libtorch_cpu.so is.
std::string LibraryPath() {
  Dl_info info = {};
  dladdr(reinterpret_cast<void*>(&at::show_config), &info);
  return info.dli_fname == nullptr ? "" : info.dli_fname;
}

int Main(int argc, char** argv) {
  Options options;
  if (argc != 7 || !google::protobuf::TextFormat::ParseFromString(argv[2], &options.model) ||
      !google::protobuf::TextFormat::ParseFromString(argv[3], &options.task)) {
    std::fprintf(stderr,
                 "torch_peer_steps FOLDER MODEL TASK CxXxYxZ STEPS THREADS\n"
                 "MODEL and TASK are a gyrus.v1.Model and Task in protobuf's text format; with 0 "
                 "steps one is taken for each line on standard input, and its seconds are "
                 "printed\n");
    return 2;
  }
  options.folder = argv[1];
  for (const absl::string_view axis : absl::StrSplit(argv[4], 'x')) {
    (void)absl::SimpleAtoi(axis, &options.input.emplace_back());
  }
  options.steps = std::atoi(argv[5]);
  options.threads = std::atoi(argv[6]);
  const absl::Status status = options.steps > 0 ? Run(options) : TakeTurns(options);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return 1;
  }
  if (options.steps > 0) std::printf("%s %s\n", TORCH_VERSION, LibraryPath().c_str());
  return 0;
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main(argc, argv); }

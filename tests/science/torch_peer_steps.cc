// Trains a few steps with Gyrus's own network, loss and optimiser, and writes
// down all that torch_peer.py needs to do the same with PyTorch.
//
//   torch_peer_steps FOLDER MODEL CxXxYxZ l1|mse STEPS THREADS
//
// FOLDER gets, as safetensors:
//   start      weights before the first step
//   batches    volumes and targets, used in turn
//   forward    what each operator of the first step got and gave, by number
//   gradients  of the first step, of the sum over items
//   steps      predictions and loss of each step
//   end        weights after the last step
//   optimizer  its state then
// and prints the version of LibTorch and the path of its library.
#include <ATen/record_function.h>
#include <dlfcn.h>
#include <torch/torch.h>
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
#include "google/protobuf/text_format.h"
#include "models/initial_weights.h"
#include "models/loss.h"
#include "models/network.h"
#include "models/weights/safetensors.h"
#include "worker/trainer/optimizer.h"
#include "worker/trainer/predictor.h"
#include "worker/trainer/runtime.h"
#include "worker/trainer/train_loop.h"

namespace gyrus {
namespace {

constexpr int kBatches = 4;
constexpr int kItems = 2;

struct Options {
  std::string folder;
  v1::Model model;
  Shape input;
  v1::Loss loss = v1::LOSS_L1;
  int steps = 0;
  int threads = 1;
};

v1::TrialSpec Trial(const Options& options) {
  v1::TrialSpec trial;
  *trial.mutable_model() = options.model;
  trial.mutable_task()->mutable_regression()->set_loss(options.loss);
  v1::Adam& adam = *trial.mutable_train()->mutable_optimizer()->mutable_adam();
  adam.set_lr(1e-4);
  adam.set_beta1(0.9);
  adam.set_beta2(0.999);
  adam.set_eps(1e-8);
  trial.set_output_scale(12.5);
  trial.set_output_offset(40);
  return trial;
}

NamedTensors MakeBatches(const Shape& input) {
  std::vector<int64_t> shape = {kBatches, kItems};
  shape.insert(shape.end(), input.begin(), input.end());
  NamedTensors batches = {{"volumes", torch::empty(shape)},
                          {"targets", torch::empty({kBatches, kItems})}};
  for (auto& [name, tensor] : batches) {
    RandomStream random(1, name);
    float* const values = tensor.data_ptr<float>();
    const double low = name == "targets" ? 30 : -2;
    const double range = name == "targets" ? 25 : 4;
    for (int64_t i = 0; i < tensor.numel(); ++i) {
      values[i] = static_cast<float>(low + range * random.NextUnit());
    }
  }
  return batches;
}

// What torch's operators give in a forward pass, while an object of it lives;
// of convolutions also what they get, which shows what is none of torch's.
// Operators that are made of others count once.
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
        "aten::conv2d", "aten::conv3d",      "aten::instance_norm", "aten::batch_norm",
        "aten::relu_",  "aten::leaky_relu_", "aten::linear",        "aten::lstm"};
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
  Stepper(const v1::TrialSpec& trial, const Shape& input, Network& network)
      : trial_(trial),
        network_(network),
        optimizer_(network, trial.train().optimizer().adam()),
        batches_(MakeBatches(input)) {}

  void Step(int step) {
    const torch::Tensor volumes = batches_.at("volumes")[step % kBatches].clone();
    const torch::Tensor targets = batches_.at("targets")[step % kBatches].clone();
    const torch::Tensor predictions = Forward(network_, volumes, trial_);
    const torch::Tensor sum = SumLoss(trial_.task().regression().loss(), predictions, targets);
    sum.backward();
    predictions_.push_back(predictions.detach());
    losses_.push_back(sum.detach());
    Gradients gradients;
    for (torch::Tensor& parameter : network_.parameters()) {
      gradients.push_back(std::exchange(parameter.mutable_grad(), torch::Tensor()));
    }
    if (step == 0) KeepGradients(gradients);
    optimizer_.Step(trial_.train().optimizer().adam().lr(), gradients, kItems);
  }

  const NamedTensors& batches() const { return batches_; }
  const NamedTensors& first_gradients() const { return first_gradients_; }
  NamedTensors steps() const {
    return {{"predictions", torch::stack(predictions_)}, {"losses", torch::stack(losses_)}};
  }
  NamedTensors optimizer() const { return optimizer_.State(); }

 private:
  // Copies, for the optimiser changes them.
  void KeepGradients(const Gradients& gradients) {
    size_t i = 0;
    for (const auto& entry : network_.named_parameters()) {
      first_gradients_[entry.key()] = gradients[i++].clone();
    }
  }

  const v1::TrialSpec trial_;
  Network& network_;
  AdamOptimizer optimizer_;
  const NamedTensors batches_;
  NamedTensors first_gradients_;
  std::vector<torch::Tensor> predictions_, losses_;
};

absl::Status Run(const Options& options) {
  KeepFreedMemory();
  SetThreads(options.threads);
  const std::string& folder = options.folder;
  const v1::TrialSpec trial = Trial(options);
  GYRUS_ASSIGN_OR_RETURN(const std::shared_ptr<Network> network,
                         MakeNetwork(trial.model(), trial.task(), options.input));
  InitialiseWeights(*network, 1);
  Stepper stepper(trial, options.input, *network);
  GYRUS_RETURN_IF_ERROR(Write(folder, "start", WeightsOf(*network)));
  GYRUS_RETURN_IF_ERROR(Write(folder, "batches", stepper.batches()));
  {
    OperatorLog log;
    const torch::NoGradGuard no_gradient;
    network->forward(stepper.batches().at("volumes")[0].clone());
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
  const v1::TrialSpec trial = Trial(options);
  GYRUS_ASSIGN_OR_RETURN(const std::shared_ptr<Network> network,
                         MakeNetwork(trial.model(), trial.task(), options.input));
  InitialiseWeights(*network, 1);
  Stepper stepper(trial, options.input, *network);
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
  if (argc != 7 || !google::protobuf::TextFormat::ParseFromString(argv[2], &options.model)) {
    std::fprintf(stderr,
                 "torch_peer_steps FOLDER MODEL CxXxYxZ l1|mse STEPS THREADS\n"
                 "MODEL is a gyrus.v1.Model in protobuf's text format; with 0 steps one is taken "
                 "for each line on standard input, and its seconds are printed\n");
    return 2;
  }
  options.folder = argv[1];
  for (const absl::string_view axis : absl::StrSplit(argv[3], 'x')) {
    (void)absl::SimpleAtoi(axis, &options.input.emplace_back());
  }
  options.loss = std::string(argv[4]) == "mse" ? v1::LOSS_MSE : v1::LOSS_L1;
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

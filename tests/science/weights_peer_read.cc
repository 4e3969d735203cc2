// Reads weights of others for weights_peer.py.
//
//   weights_peer_read print FILE              name, shape, SHA-256 of the float32
//                                             bytes, a line a tensor; notes
//   weights_peer_read convert FILE OUT        the same as safetensors
//   weights_peer_read version                 of LibTorch
//   weights_peer_read forward MODEL FILE VOLUMES OUT
//       sets the network of a gyrus.v1.Model in protobuf's text format and writes
//       what it gives for `volumes`
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"
#include "core/network/network.h"
#include "core/weights/names.h"
#include "google/protobuf/text_format.h"
#include "models/network.h"
#include "models/weights/safetensors.h"
#include "models/weights/weights_file.h"
#include "worker/training/weights.h"

namespace gyrus {
namespace {

absl::Status Write(const std::string& path, const NamedTensors& tensors) {
  std::string bytes;
  GYRUS_RETURN_IF_ERROR(WriteSafetensors(tensors, [&bytes](absl::string_view piece) {
    absl::StrAppend(&bytes, piece);
    return absl::OkStatus();
  }));
  return WriteFileAtomically(path, bytes);
}

absl::Status Print(const std::string& file) {
  GYRUS_ASSIGN_OR_RETURN(const LoadedWeights weights, ReadWeights(file));
  for (const auto& [name, tensor] : weights.tensors) {
    const std::string digest =
        Hex(Sha256Of({static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()}));
    std::printf("tensor\t%s\t%s\t%s\n", name.c_str(), absl::StrJoin(tensor.sizes(), " ").c_str(),
                digest.c_str());
  }
  std::printf("format\t%s\n", weights.format.c_str());
  for (const std::string& note : weights.notes) std::printf("note\t%s\n", note.c_str());
  return absl::OkStatus();
}

absl::Status Convert(const std::string& file, const std::string& out) {
  GYRUS_ASSIGN_OR_RETURN(const LoadedWeights weights, ReadWeights(file));
  return Write(out, weights.tensors);
}

// Sets every parameter and running mean from the tensor that has its name.
absl::Status SetWeights(Network& network, const std::string& title, const NamedTensors& tensors) {
  const torch::NoGradGuard no_gradient;
  std::vector<torch::Tensor> parameters, values;
  Candidate ours{.title = title};
  for (const auto& [name, tensor] : WeightsOf(network)) {
    ours.wanted.push_back({name, tensor.sizes().vec()});
    parameters.push_back(tensor);
  }
  std::vector<TensorName> given;
  for (const auto& [name, tensor] : tensors) {
    given.push_back({name, tensor.sizes().vec()});
    values.push_back(tensor);
  }
  const Match match = MatchNames(ours.wanted, given);
  if (!match.exact()) {
    const std::vector<Candidate> candidates = {ours};
    return absl::InvalidArgumentError(NearestOf(candidates, given));
  }
  for (const auto& [want, give] : match.pairs) parameters[want].copy_(values[give]);
  return absl::OkStatus();
}

absl::Status Forward(const std::string& text, const std::string& file, const std::string& volumes,
                     const std::string& out) {
  torch::set_num_threads(1);
  v1::Model model;
  if (!google::protobuf::TextFormat::ParseFromString(text, &model)) {
    return absl::InvalidArgumentError("no model: " + text);
  }
  GYRUS_ASSIGN_OR_RETURN(const LoadedWeights weights, ReadWeights(file));
  GYRUS_ASSIGN_OR_RETURN(const LoadedWeights input, ReadWeights(volumes));
  const torch::Tensor items = input.tensors.at("volumes").clone();
  const Shape shape(items.sizes().begin() + 1, items.sizes().end());
  GYRUS_ASSIGN_OR_RETURN(const std::shared_ptr<Network> network,
                         MakeNetwork(model, v1::Task(), shape));
  GYRUS_RETURN_IF_ERROR(SetWeights(*network, NameOf(model), weights.tensors));
  network->eval();
  const torch::NoGradGuard no_gradient;
  return Write(out, {{"output", network->forward(items)}});
}

int Main(const std::vector<std::string>& arguments) {
  absl::Status status = absl::InvalidArgumentError("print|convert|forward FILE ...");
  if (arguments.size() == 2 && arguments[0] == "print") status = Print(arguments[1]);
  if (arguments.size() == 3 && arguments[0] == "convert") {
    status = Convert(arguments[1], arguments[2]);
  }
  if (arguments.size() == 5 && arguments[0] == "forward") {
    status = Forward(arguments[1], arguments[2], arguments[3], arguments[4]);
  }
  if (arguments == std::vector<std::string>{"version"}) {
    std::printf("%s\n", TORCH_VERSION);
    return 0;
  }
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main({argv + 1, argv + argc}); }

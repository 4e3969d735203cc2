// Reads a file that torch.save wrote and finds its state dict: the named tensors of
// a PyTorch network.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/weights/tensor_view.h"

namespace gyrus {

struct TorchFile {
  std::vector<NamedView> tensors;  // In the file's order. They look into `storages`.
  // The key of the state dict in a larger dict, for example "state_dict"; else empty.
  std::string unwrapped;
  // The prefix that was removed from every name, for example "module.".
  std::string stripped;
  // Names beside the tensors: of other entries of the state dict, and of the
  // dict around it.
  std::vector<std::string> left_aside;

  // By key. Nodes, so that moving the file moves no bytes.
  std::map<std::string, std::string> storages;
};

// Is it one of the formats that PyTorch wrote, read here or not?
bool LooksLikeTorch(absl::string_view bytes);

// Reads the zip format of PyTorch 1.6 and newer: a state dict, or a dict that
// has one under `state_dict`, `model_state_dict`, `model`, `network_weights` or
// `net`. Nothing in the file is executed. Only the state dict's own storages
// are unpacked; their CRC-32 is checked.
//
//  * INVALID_ARGUMENT: what is whole but not read, by name and with what to do:
//    the older format, TorchScript, whole models, other names of Python, big
//    endian, no state dict; tensors that would grow to more than a multiple of
//    the file (ZipArchive::kMaxRatio).
//  * DATA_LOSS: damaged, or a tensor is not where the file says.
absl::StatusOr<TorchFile> ParseTorchFile(absl::string_view bytes);

}  // namespace gyrus

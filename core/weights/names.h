// Finds out which tensor of a weight file belongs to which tensor of a network, by
// their names and shapes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace gyrus {

struct TensorName {
  std::string name;
  std::vector<int64_t> shape;
};

// Whose network a file is from. Gyrus, torchvision and MONAI give a residual
// network's tensors the same names: `conv1`, `bn1`, `layer1.0.conv1`,
// `layer2.0.downsample.0`, `fc`. So what Gyrus writes fits theirs. Kernels of
// torchvision have two axes, those of MONAI (and of Gyrus) three, and MONAI's
// `downsample.0` may have a bias.
enum class Convention { kNone, kTorchvision, kMonai };

// Numbers are places in the lists that were compared; each place of both lists
// is in exactly one of the fields (counters of batches, that nobody wants, in
// none).
struct Match {
  Convention convention = Convention::kNone;
  // The prefix of the names in the file, for example "backbone.". It is the one with
  // which most tensors fit.
  std::string prefix;
  std::vector<std::pair<size_t, size_t>> pairs;  // (wanted, given), equal in shape.
  std::vector<std::pair<size_t, size_t>> wrong_shapes;
  std::vector<size_t> missing;     // Wanted.
  std::vector<size_t> unexpected;  // Given.

  // One to one.
  bool exact() const { return wrong_shapes.empty() && missing.empty() && unexpected.empty(); }
};

// Names are unique in each list.
Match MatchNames(std::span<const TensorName> wanted, std::span<const TensorName> given);

// A network that the file might have been for.
struct Candidate {
  std::string title;  // "ResNet-18"
  std::vector<TensorName> wanted;
};

// For a file that fits none of the candidates, of which there is at least one:
// the one that most of the wanted tensors are there for, and how many. One line.
std::string NearestOf(std::span<const Candidate> candidates, std::span<const TensorName> given);

}  // namespace gyrus

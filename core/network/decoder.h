// The decoder of a U-Net, which goes back from the deepest features to maps of the input's
// size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/network/graph_builder.h"

namespace gyrus {

// One step back: a transposed convolution, the features of the encoder beside
// it, convolutions.
struct DecoderLevel {
  std::optional<NodeId> skip;
  uint32_t channels = 0;
  uint32_t stride = 2;  // The stride of the transposed convolution.
  uint32_t kernel = 3;  // The kernel size of the convolutions.
};

struct DecoderOptions {
  uint32_t convs = 2;  // A level.
  bool conv_bias = false;
  bool transposed_bias = false;
  NormOptions norm;
  std::optional<double> leaky_slope;  // Else ReLU.
};

// The outputs of the levels, deepest first. Fails where a skip is not `stride`
// times as long as what comes from below.
std::vector<NodeId> AddDecoder(NodeId deepest, const std::vector<DecoderLevel>& levels,
                               const DecoderOptions& options, GraphBuilder& builder);

}  // namespace gyrus

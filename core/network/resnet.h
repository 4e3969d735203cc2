// Residual networks (He et al., "Deep residual learning for image
// recognition", CVPR 2016) of two or three axes, with torchvision's names.
#pragma once

#include <array>
#include <string>

#include "core/network/graph_builder.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The features of a residual network that a head or decoder may use.
struct ResNetFeatures {
  NodeId input;                  // As the first convolution sees it.
  NodeId stem;                   // Before the pool.
  std::array<NodeId, 4> stages;  // Rising in depth.
};

// All of `spec`, which is complete, but its head. `prefix` goes before each
// name: "backbone.".
ResNetFeatures AddResNet(const v1::ResNet& spec, NodeId input, const std::string& prefix,
                         GraphBuilder& builder);

}  // namespace gyrus

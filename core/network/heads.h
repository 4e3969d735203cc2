// Heads and decoders: the last part of a network, which computes its outputs from the
// features of its trunk. Numbers come from the deepest features, images from all.
#pragma once

#include <vector>

#include "core/network/graph_builder.h"
#include "core/network/resnet.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// One linear layer, "fc", over the means of each of `maps`.
NodeId AddPooledHead(const std::vector<NodeId>& maps, uint32_t outputs, GraphBuilder& builder);

// Maps as large as the network's input, for AddImageHead.
//
// nnU-Net's: each stage's features come back beside what is decoded.
NodeId AddUNetDecoder(const v1::UNet& spec, const std::vector<NodeId>& stages,
                      GraphBuilder& builder);
// Returns the usual decoder of a residual network. For volumes it has two convolutions
// without bias, instance norm and ReLU at each of five levels (the multi-task network
// of study S2). For slices it has one convolution a level, the pooled maps of the stem,
// and the input itself beside the last level (the ResU-Net of study S1).
NodeId AddResNetDecoder(const ResNetFeatures& features, bool of_volumes, GraphBuilder& builder);

// A 1x1 convolution to `channels`.
NodeId AddImageHead(NodeId map, const std::string& name, uint32_t channels, bool bias,
                    GraphBuilder& builder);

}  // namespace gyrus

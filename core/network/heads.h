// What a network says, made of what its trunk found: numbers of the deepest
// features, and images of all of them.
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
// Of volumes: two convolutions without bias, instance norm and ReLU at each of
// five levels (the multi-task network of the study S2). Of slices: one
// convolution a level, the stem's maps pooled, the input itself beside the last
// (the ResU-Net of the study S1).
NodeId AddResNetDecoder(const ResNetFeatures& features, bool of_volumes, GraphBuilder& builder);

// A 1x1 convolution to `channels`.
NodeId AddImageHead(NodeId map, const std::string& name, uint32_t channels, bool bias,
                    GraphBuilder& builder);

}  // namespace gyrus

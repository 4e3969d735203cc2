// nnU-Net's plain U-Net (Isensee et al., Nature Methods 2021) of two or three
// axes.
#pragma once

#include <vector>

#include "core/network/graph_builder.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// The outputs of the stages, rising in depth.
std::vector<NodeId> AddUNetEncoder(const v1::UNet& spec, NodeId input, GraphBuilder& builder);

}  // namespace gyrus

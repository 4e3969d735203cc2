// Simple fully convolutional network (Peng et al., "Accurate brain age
// prediction with lightweight deep neural networks", MedIA 2021), with the
// names of its authors' weights.
#pragma once

#include "core/network/graph_builder.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// With its head of `outputs`: bins of soft labels, or one number.
NodeId AddSfcn(const v1::Sfcn& spec, NodeId input, uint32_t outputs, GraphBuilder& builder);

}  // namespace gyrus

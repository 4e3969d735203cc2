#include "core/network/unet.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

constexpr double kSlope = 0.01;

// Convolution, norm and leaky ReLU.
NodeId AddConv(NodeId x, const std::string& name, uint32_t features, uint32_t stride,
               GraphBuilder& builder) {
  x = builder.Conv(x, name + ".conv", {.channels = features, .stride = stride, .bias = true});
  x = builder.Norm(x, name + ".norm", {.norm = v1::NORM_INSTANCE, .affine = true});
  return builder.LeakyRelu(x, name + ".nonlin", kSlope);
}

}  // namespace

std::vector<NodeId> AddUNetEncoder(const v1::UNet& spec, NodeId input, GraphBuilder& builder) {
  std::vector<NodeId> stages;
  NodeId x = input;
  for (int stage = 0; stage < spec.features_size(); ++stage) {
    for (uint32_t conv = 0; conv < spec.convs_per_stage(); ++conv) {
      x = AddConv(x, absl::StrCat("encoder.", stage, ".", conv), spec.features(stage),
                  stage > 0 && conv == 0 ? 2 : 1, builder);
    }
    stages.push_back(x);
  }
  return stages;
}

}  // namespace gyrus

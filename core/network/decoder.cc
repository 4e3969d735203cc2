#include "core/network/decoder.h"

#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

NodeId AddConv(NodeId x, const std::string& name, const DecoderLevel& level,
               const DecoderOptions& options, GraphBuilder& builder) {
  x = builder.Conv(x, name + ".conv",
                   {.channels = level.channels, .kernel = level.kernel, .bias = options.conv_bias});
  x = builder.Norm(x, name + ".norm", options.norm);
  return options.leaky_slope.has_value()
             ? builder.LeakyRelu(x, name + ".nonlin", *options.leaky_slope)
             : builder.Relu(x, name + ".nonlin");
}

}  // namespace

std::vector<NodeId> AddDecoder(NodeId deepest, const std::vector<DecoderLevel>& levels,
                               const DecoderOptions& options, GraphBuilder& builder) {
  std::vector<NodeId> outputs;
  NodeId x = deepest;
  for (size_t i = 0; i < levels.size(); ++i) {
    const DecoderLevel& level = levels[i];
    const std::string name = absl::StrCat("decoder.", i);
    // Each level doubles the resolution, joins the encoder's features of that resolution,
    // and convolves.
    x = builder.TransposedConv(x, name + ".up", level.channels, level.stride,
                               options.transposed_bias);
    if (level.skip.has_value()) x = builder.Concat({x, *level.skip}, name + ".concat");
    for (uint32_t conv = 0; conv < options.convs; ++conv) {
      x = AddConv(x, absl::StrCat(name, ".", conv), level, options, builder);
    }
    outputs.push_back(x);
  }
  return outputs;
}

}  // namespace gyrus

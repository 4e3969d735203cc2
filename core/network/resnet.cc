#include "core/network/resnet.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/network/film.h"

namespace gyrus {
namespace {

constexpr uint32_t kBottleneckExpansion = 4;

std::array<uint32_t, 4> BlocksOf(uint32_t depth) {
  if (depth == 10) return {1, 1, 1, 1};
  if (depth == 18) return {2, 2, 2, 2};
  return {3, 4, 6, 3};  // 34 and 50
}

// Adds the blocks of one network. One thread.
class Blocks {
 public:
  Blocks(const v1::ResNet& spec, GraphBuilder& builder) : spec_(spec), builder_(builder) {}

  // `width` is that of the stage; a bottleneck ends with four times as many.
  NodeId Add(NodeId x, const std::string& name, uint32_t width, uint32_t stride) {
    return spec_.depth() == 50 ? Bottleneck(x, name, width, stride) : Basic(x, name, width, stride);
  }

  // A convolution and its norm: "conv1" and "bn1".
  NodeId ConvNorm(NodeId x, const std::string& conv, const std::string& norm,
                  const ConvOptions& options) {
    x = builder_.Conv(x, conv, options);
    return builder_.Norm(x, norm, {.norm = spec_.norm(), .affine = spec_.affine()});
  }

 private:
  NodeId Basic(NodeId x, const std::string& name, uint32_t width, uint32_t stride) {
    NodeId y = Numbered(x, name, 1, {.channels = width, .kernel = 3, .stride = stride});
    y = builder_.Relu(y, name + ".relu1");
    y = Numbered(y, name, 2, {.channels = width, .kernel = 3});
    return Join(x, y, name, stride);
  }

  NodeId Bottleneck(NodeId x, const std::string& name, uint32_t width, uint32_t stride) {
    NodeId y = Numbered(x, name, 1, {.channels = width, .kernel = 1});
    y = builder_.Relu(y, name + ".relu1");
    y = Numbered(y, name, 2, {.channels = width, .kernel = 3, .stride = stride});
    y = builder_.Relu(y, name + ".relu2");
    y = Numbered(y, name, 3, {.channels = width * kBottleneckExpansion, .kernel = 1});
    return Join(x, y, name, stride);
  }

  NodeId Numbered(NodeId x, const std::string& name, int number, ConvOptions options) {
    options.bias = spec_.bias();
    return ConvNorm(x, absl::StrCat(name, ".conv", number), absl::StrCat(name, ".bn", number),
                    options);
  }

  // y plus x, which is made to fit.
  NodeId Join(NodeId x, NodeId y, const std::string& name, uint32_t stride) {
    const uint32_t channels = builder_.ChannelsOf(y);
    if (stride != 1 || builder_.ChannelsOf(x) != channels) {
      x = spec_.shortcut() == v1::SHORTCUT_PAD
              ? builder_.Subsample(x, name + ".downsample", channels, stride)
              : ConvNorm(x, name + ".downsample.0", name + ".downsample.1",
                         {.channels = channels,
                          .kernel = 1,
                          .stride = stride,
                          .bias = spec_.bias() || spec_.shortcut_bias()});
    }
    return builder_.Relu(builder_.Add(y, x, name + ".add"), name + ".relu");
  }

  const v1::ResNet& spec_;
  GraphBuilder& builder_;
};

}  // namespace

ResNetFeatures AddResNet(const v1::ResNet& spec, NodeId input, const std::string& prefix,
                         GraphBuilder& builder) {
  Blocks blocks(spec, builder);
  const v1::Stem& stem = spec.stem();
  NodeId x = input;
  if (stem.repeat() > 0) x = builder.Repeat(x, prefix + "repeat", stem.repeat());
  // The adapter maps any number of channels to the three that weights of colour images
  // expect.
  if (stem.adapter() > 0) {
    x = builder.Conv(x, prefix + "adapter",
                     {.channels = stem.adapter(), .kernel = 1, .bias = true});
  }
  ResNetFeatures features = {.input = x, .stem = x, .stages = {}};
  x = blocks.ConvNorm(x, prefix + "conv1", prefix + "bn1",
                      {.channels = spec.width(),
                       .kernel = stem.kernel(),
                       .stride = stem.stride(),
                       .bias = spec.bias()});
  x = builder.Relu(x, prefix + "relu");
  features.stem = x;
  if (stem.pool()) x = builder.MaxPool(x, prefix + "maxpool", 3, 2, 1);
  const std::array<uint32_t, 4> counts = BlocksOf(spec.depth());
  for (uint32_t stage = 0; stage < counts.size(); ++stage) {
    for (uint32_t block = 0; block < counts[stage]; ++block) {
      x = blocks.Add(x, absl::StrCat(prefix, "layer", stage + 1, ".", block), spec.width() << stage,
                     // The first block of each later stage halves the resolution.
                     stage > 0 && block == 0 ? 2 : 1);
    }
    x = AddFilm(spec.film(), stage + 1, x, prefix, builder);
    features.stages[stage] = x;
  }
  return features;
}

}  // namespace gyrus

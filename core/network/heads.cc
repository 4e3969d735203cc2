#include "core/network/heads.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/network/decoder.h"

namespace gyrus {
namespace {

constexpr double kSlope = 0.01;

// As many channels as the features that come back beside.
DecoderLevel Beside(NodeId skip, const GraphBuilder& builder) {
  return {.skip = skip, .channels = builder.ChannelsOf(skip)};
}

NodeId AddVolumeDecoder(const ResNetFeatures& features, GraphBuilder& builder) {
  const auto& stages = features.stages;
  std::vector<DecoderLevel> levels;
  for (const NodeId skip : {stages[2], stages[1], stages[0], features.stem}) {
    levels.push_back(Beside(skip, builder));
  }
  levels.push_back({.channels = builder.ChannelsOf(features.stem) / 2});
  return AddDecoder(stages[3], levels, {}, builder).back();
}

NodeId AddSliceDecoder(const ResNetFeatures& features, GraphBuilder& builder) {
  const auto& stages = features.stages;
  std::vector<DecoderLevel> levels;
  for (const NodeId skip : {stages[2], stages[1], stages[0]}) {
    levels.push_back(Beside(skip, builder));
  }
  DecoderLevel pooled = Beside(builder.MaxPool(features.stem, "decoder.maxpool", 3, 2, 1), builder);
  pooled.stride = 1;
  pooled.kernel = 7;
  levels.push_back(pooled);
  DecoderLevel whole = Beside(features.input, builder);
  whole.stride = 4;
  whole.kernel = 1;
  levels.push_back(whole);
  const DecoderOptions options = {.convs = 1, .conv_bias = true, .norm = {.affine = true}};
  return AddDecoder(stages[3], levels, options, builder).back();
}

}  // namespace

NodeId AddPooledHead(const std::vector<NodeId>& maps, uint32_t outputs, GraphBuilder& builder) {
  std::vector<NodeId> pooled;
  for (size_t i = 0; i < maps.size(); ++i) {
    const std::string number = maps.size() == 1 ? "" : absl::StrCat(i + 1);
    const NodeId mean = builder.AveragePool(maps[i], "avgpool" + number);
    pooled.push_back(builder.Flatten(mean, "flatten" + number));
  }
  const NodeId all = pooled.size() == 1 ? pooled[0] : builder.Concat(pooled, "scales");
  return builder.Linear(all, "fc", outputs);
}

NodeId AddUNetDecoder(const v1::UNet& spec, const std::vector<NodeId>& stages,
                      GraphBuilder& builder) {
  std::vector<DecoderLevel> levels;
  for (size_t i = stages.size() - 1; i > 0; --i) levels.push_back(Beside(stages[i - 1], builder));
  const DecoderOptions options = {.convs = spec.convs_per_stage(),
                                  .conv_bias = true,
                                  .transposed_bias = spec.decoder_bias(),
                                  .norm = {.affine = true},
                                  .leaky_slope = kSlope};
  return AddDecoder(stages.back(), levels, options, builder).back();
}

NodeId AddResNetDecoder(const ResNetFeatures& features, bool of_volumes, GraphBuilder& builder) {
  return of_volumes ? AddVolumeDecoder(features, builder) : AddSliceDecoder(features, builder);
}

NodeId AddImageHead(NodeId map, const std::string& name, uint32_t channels, bool bias,
                    GraphBuilder& builder) {
  return builder.Conv(map, name, {.channels = channels, .kernel = 1, .bias = bias});
}

}  // namespace gyrus

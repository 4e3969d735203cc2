#include "models/transfer/known_networks.h"

#include "absl/strings/str_cat.h"
#include "core/network/network.h"
#include "core/network/pattern.h"

namespace gyrus {

std::vector<Candidate> KnownNetworks(uint32_t channels) {
  // Shapes of tensors do not depend on it; all of the networks take it.
  const Shape input = {channels, 64, 64, 64};
  std::vector<Candidate> known;
  for (const bool of_volumes : {true, false}) {
    for (const bool batch_norm : {true, false}) {
      for (const uint32_t depth : {10, 18, 34, 50}) {
        v1::Model model;
        v1::ResNet& resnet = of_volumes ? *model.mutable_resnet3d() : *model.mutable_resnet2d();
        resnet.set_depth(depth);
        if (batch_norm) resnet.set_norm(v1::NORM_BATCH);
        const auto graph = MakeGraph(model, v1::Task(), input);
        if (!graph.ok()) continue;  // Too many channels.
        Candidate& candidate = known.emplace_back();
        candidate.title = absl::StrCat(of_volumes ? "resnet3d" : "resnet2d", ": {depth: ", depth,
                                       batch_norm ? ", norm: batch}" : "}");
        for (const NamedShape& tensor : TensorsOf(*graph)) {
          candidate.wanted.push_back({tensor.name, {tensor.shape.begin(), tensor.shape.end()}});
        }
      }
    }
  }
  return known;
}

}  // namespace gyrus

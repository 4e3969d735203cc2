// For tests of the parts of the step loop that need parameters, not a network.
#pragma once

#include <torch/types.h>
#include <torch/utils.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "common/random.h"
#include "models/network.h"

namespace gyrus {

// Parameters "a", "b", ... of these lengths; what forward gives does not matter.
class ParametersAlone final : public Network {
 public:
  explicit ParametersAlone(const std::vector<int64_t>& lengths) : Network(GraphOf(lengths)) {
    const torch::NoGradGuard no_gradient;
    for (torch::Tensor& parameter : parameters()) parameter.zero_();
  }

 private:
  static Graph GraphOf(const std::vector<int64_t>& lengths) {
    Graph graph;
    Node& node = graph.nodes.emplace_back();
    std::string name = "a";
    for (const int64_t length : lengths) {
      node.parameters.push_back({name, {static_cast<uint32_t>(length)}});
      ++name[0];
    }
    return graph;
  }
};

inline torch::Tensor RandomTensor(int64_t length, const std::string& name, double scale = 1) {
  RandomStream random(5, name);
  torch::Tensor tensor = torch::empty({length});
  for (int64_t i = 0; i < length; ++i) {
    tensor.data_ptr<float>()[i] = static_cast<float>(scale * (2 * random.NextUnit() - 1));
  }
  return tensor;
}

inline std::vector<float> ValuesOf(const torch::Tensor& tensor) {
  const torch::Tensor whole = tensor.detach().contiguous();
  return {whole.data_ptr<float>(), whole.data_ptr<float>() + whole.numel()};
}

// Equal bits, not only equal numbers.
inline bool SameBits(const torch::Tensor& a, const torch::Tensor& b) {
  return a.sizes() == b.sizes() && a.is_contiguous() && b.is_contiguous() &&
         std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0;
}

}  // namespace gyrus

#include "models/max_pool3d.h"

#include <ATen/Parallel.h>
#include <torch/autograd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace gyrus {
namespace {

// Lengths of one map along x, y, z.
struct Lengths {
  int64_t x, y, z;
  int64_t size() const { return x * y * z; }
};

Lengths LengthsOf(const torch::Tensor& maps) { return {maps.size(2), maps.size(3), maps.size(4)}; }

int64_t Pooled(int64_t length) { return (length - 1) / 2 + 1; }

// Per z, the largest of the rows seen, and which row it was first in.
struct Columns {
  explicit Columns(int64_t length) : largest(length), row(length) {}
  std::vector<float> largest;
  std::vector<int32_t> row;  // Where it begins in the map.
};

// Not a number is larger than all, and stays: as in torch.
template <typename Value>
bool Larger(Value value, Value largest) {
  return value > largest || value != value;
}

// Updates the maxima of a row. NaN counts as the largest value, as in torch. The loop has
// no branches, so that the compiler uses vector instructions; the version for the CPU is
// chosen when the program starts.
__attribute__((target_clones("avx512f", "avx2", "default"))) void AddRow(
    const float* __restrict__ values, int64_t length, int32_t begin, float* __restrict__ largest,
    int32_t* __restrict__ row) {
  for (int64_t z = 0; z < length; ++z) {
    const bool larger = (values[z] > largest[z]) | (values[z] != values[z]);
    largest[z] = larger ? values[z] : largest[z];
    row[z] = larger ? begin : row[z];
  }
}

// The columns of the windows at (out_x, out_y): up to nine rows of the map.
void FillColumns(const float* map, const Lengths& in, int64_t out_x, int64_t out_y,
                 Columns& columns) {
  std::fill(columns.largest.begin(), columns.largest.end(),
            -std::numeric_limits<float>::infinity());
  const auto first = [](int64_t out) { return std::max<int64_t>(0, 2 * out - 1); };
  const auto end = [](int64_t out, int64_t length) { return std::min(2 * out + 2, length); };
  std::fill(columns.row.begin(), columns.row.end(),
            static_cast<int32_t>((first(out_x) * in.y + first(out_y)) * in.z));
  for (int64_t x = first(out_x); x < end(out_x, in.x); ++x) {
    for (int64_t y = first(out_y); y < end(out_y, in.y); ++y) {
      const int64_t begin = (x * in.y + y) * in.z;
      AddRow(map + begin, in.z, static_cast<int32_t>(begin), columns.largest.data(),
             columns.row.data());
    }
  }
}

// One row of the output. Of equal voxels the one in the first row wins, then the
// one with the lowest z: the first in memory.
void PoolColumns(const Columns& columns, int64_t length, float* out, int32_t* from) {
  for (int64_t out_z = 0; out_z < Pooled(length); ++out_z) {
    int64_t best = std::max<int64_t>(0, 2 * out_z - 1);
    for (int64_t z = best + 1; z < std::min(2 * out_z + 2, length); ++z) {
      const float value = columns.largest[z], largest = columns.largest[best];
      const bool earlier = value == largest && columns.row[z] < columns.row[best];
      if (Larger(value, largest) || earlier) best = z;
    }
    out[out_z] = columns.largest[best];
    from[out_z] = columns.row[best] + static_cast<int32_t>(best);
  }
}

// The forward pass stores which voxel was the largest of each window, and the backward pass
// adds the gradient there.
class MaxPool3dFunction : public torch::autograd::Function<MaxPool3dFunction> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x) {
    const Lengths in = LengthsOf(x);
    const Lengths out = {Pooled(in.x), Pooled(in.y), Pooled(in.z)};
    torch::Tensor pooled = torch::empty({x.size(0), x.size(1), out.x, out.y, out.z}, x.options());
    torch::Tensor from = torch::empty(pooled.sizes(), torch::kInt32);
    const float* const maps = x.const_data_ptr<float>();
    float* const outs = pooled.mutable_data_ptr<float>();
    int32_t* const froms = from.mutable_data_ptr<int32_t>();
    at::parallel_for(0, x.size(0) * x.size(1), 1, [&](int64_t begin, int64_t end) {
      Columns columns(in.z);
      for (int64_t map = begin; map < end; ++map) {
        for (int64_t row = 0; row < out.x * out.y; ++row) {
          FillColumns(maps + map * in.size(), in, row / out.y, row % out.y, columns);
          const int64_t at = map * out.size() + row * out.z;
          PoolColumns(columns, in.z, outs + at, froms + at);
        }
      }
    });
    context->save_for_backward({from});
    context->saved_data["shape"] = x.sizes().vec();
    return pooled;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const torch::Tensor from = context->get_saved_variables()[0];
    const torch::Tensor gradient = gradients[0].contiguous();
    torch::Tensor result =
        torch::zeros(context->saved_data["shape"].toIntVector(), gradient.options());
    const int64_t in_size = LengthsOf(result).size(), out_size = LengthsOf(gradient).size();
    const int32_t* const froms = from.const_data_ptr<int32_t>();
    const float* const outs = gradient.const_data_ptr<float>();
    float* const maps = result.mutable_data_ptr<float>();
    at::parallel_for(0, from.size(0) * from.size(1), 1, [&](int64_t begin, int64_t end) {
      for (int64_t map = begin; map < end; ++map) {
        for (int64_t i = map * out_size; i < (map + 1) * out_size; ++i) {
          maps[map * in_size + froms[i]] += outs[i];
        }
      }
    });
    return {result};
  }
};

}  // namespace

torch::Tensor MaxPool3d(const torch::Tensor& x) {
  TORCH_CHECK(x.dim() == 5 && x.is_contiguous() && x.scalar_type() == torch::kFloat32 &&
                  LengthsOf(x).size() <= std::numeric_limits<int32_t>::max(),
              "MaxPool3d takes contiguous float32 maps");
  return MaxPool3dFunction::apply(x);
}

}  // namespace gyrus

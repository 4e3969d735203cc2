#include "worker/training/gradient_tree.h"

#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "worker/collective/testing/group_fixture.h"

namespace gyrus {
namespace {

class TreeReducerTest : public testing::TestWithParam<Backend> {};

// Values whose sum depends on the order in which it is taken.
std::vector<float> Awkward(int rank, size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>((rank + 1) * 1e7 / (1 + (i * 7919 + rank * 104729) % 1000));
  }
  return values;
}

// The sum over the first `present` of four ranks, along the tree.
std::vector<float> Expected(int present, size_t count) {
  std::vector<std::vector<float>> v;
  for (int r = 0; r < 4; ++r) v.push_back(Awkward(r, count));
  std::vector<float> expected;
  for (size_t i = 0; i < count; ++i) {
    float left = v[0][i];
    if (present > 1) left = left + v[1][i];
    float right = 0;
    if (present > 2) right = v[2][i];
    if (present > 3) right = right + v[3][i];
    expected.push_back(present > 2 ? left + right : left);
  }
  return expected;
}

TEST_P(TreeReducerTest, SumsOverRanksAlongTheTree) {
  const size_t kCount = 5'000'001;  // More than a round, and not a multiple of 4.
  for (int present = 1; present <= 4; ++present) {
    const std::vector<float> expected = Expected(present, kCount);
    GetParam().run(4, absl::Seconds(20), [&](std::unique_ptr<Collective> c) {
      const torch::Tensor mine = torch::tensor(Awkward(c->rank(), kCount));
      const std::vector<torch::Tensor> pieces = {mine.narrow(0, 0, 17),
                                                 mine.narrow(0, 17, 4'500'000).view({1000, 4500}),
                                                 mine.narrow(0, 4'500'017, kCount - 4'500'017)};
      TreeReducer reducer(*c, CpuDevice());
      ASSERT_TRUE(reducer.SumOverRanks(pieces, present).ok());
      EXPECT_TRUE(mine.equal(torch::tensor(expected)))
          << present << " ranks present, rank " << c->rank();
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, TreeReducerTest, testing::ValuesIn(kBackends),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace gyrus

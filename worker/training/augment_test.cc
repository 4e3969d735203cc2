#include "worker/training/augment.h"

#include <torch/utils.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/training/testing/network_fixture.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;

using Offset = std::array<int, 3>;

v1::Augment Flip(const std::string& axis, double probability) {
  v1::Augment spec;
  spec.mutable_flip()->set_axis(axis);
  spec.mutable_flip()->set_probability(probability);
  return spec;
}

v1::Augment Shift(uint32_t max_voxels) {
  v1::Augment spec;
  spec.mutable_shift()->set_max_voxels(max_voxels);
  return spec;
}

// Every voxel another number above zero.
torch::Tensor Volume(int64_t channels, int64_t x, int64_t y, int64_t z) {
  return torch::arange(1, channels * x * y * z + 1, torch::kFloat32).view({channels, x, y, z});
}

float At(const torch::Tensor& volume, int64_t c, int64_t x, int64_t y, int64_t z) {
  for (const auto& [axis, i] : {std::pair{1, x}, std::pair{2, y}, std::pair{3, z}}) {
    if (i < 0 || i >= volume.size(axis)) return 0;
  }
  return volume[c][x][y][z].item<float>();
}

// Voxel by voxel, with none of torch's operators on volumes.
torch::Tensor ShiftedBy(const torch::Tensor& volume, const Offset& offset) {
  torch::Tensor moved = torch::empty_like(volume);
  for (int64_t c = 0; c < volume.size(0); ++c) {
    for (int64_t x = 0; x < volume.size(1); ++x) {
      for (int64_t y = 0; y < volume.size(2); ++y) {
        for (int64_t z = 0; z < volume.size(3); ++z) {
          moved[c][x][y][z] = At(volume, c, x - offset[0], y - offset[1], z - offset[2]);
        }
      }
    }
  }
  return moved;
}

bool Flipped(const v1::Augment& spec, uint64_t seed, uint32_t epoch, const std::string& item) {
  const torch::Tensor pair = torch::tensor({1.0f, 2.0f}).view({1, 2, 1, 1});
  return Augment(pair, spec, seed, epoch, item)[0][0][0][0].item<float>() == 2;
}

// Where a point in the middle of a large volume went.
Offset OffsetOf(const v1::Augment& spec, uint64_t seed, uint32_t epoch, const std::string& item) {
  torch::Tensor volume = torch::zeros({1, 21, 21, 21});
  volume[0][10][10][10] = 1;
  const int at =
      static_cast<int>(Augment(volume, spec, seed, epoch, item).flatten().argmax().item<int64_t>());
  return {at / 441 - 10, at / 21 % 21 - 10, at % 21 - 10};
}

TEST(AugmentTest, GivesTheVolumeItselfWhereNothingIsAsked) {
  const torch::Tensor volume = Volume(1, 2, 2, 2);
  EXPECT_TRUE(Augment(volume, v1::Augment(), 1, 0, "i").is_same(volume));
  EXPECT_TRUE(Augment(volume, Flip("x", 0), 1, 0, "i").is_same(volume));
  EXPECT_TRUE(Augment(volume, Shift(0), 1, 0, "i").is_same(volume));
}

TEST(AugmentTest, FlipTurnsOneAxisOfAllChannels) {
  const torch::Tensor volume = Volume(2, 2, 3, 2);
  const std::map<std::string, std::vector<float>> flipped = {
      {"x", {7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6}},
      {"y", {5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8}},
      {"z", {2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11}}};
  for (const auto& [axis, first] : flipped) {
    const torch::Tensor result = Augment(volume, Flip(axis, 1), 1, 0, "i");
    EXPECT_EQ(ValuesOf(result[0]), first) << axis;
    // The second channel holds the same numbers, 12 further.
    EXPECT_EQ(ValuesOf(result[1] - 12), first) << axis;
  }
}

TEST(AugmentTest, ShiftMovesAllChannelsAlikeAndFillsWithZero) {
  const torch::Tensor volume = Volume(2, 4, 3, 5);
  std::set<Offset> seen;
  for (int i = 0; i < 40; ++i) {
    const std::string item = absl::StrCat("item ", i);
    const Offset offset = OffsetOf(Shift(2), 1, 0, item);
    seen.insert(offset);
    const torch::Tensor result = Augment(volume, Shift(2), 1, 0, item);
    EXPECT_TRUE(torch::equal(result, ShiftedBy(volume, offset))) << item;
  }
  EXPECT_GT(seen.size(), 20);
}

TEST(AugmentTest, LeavesItsInputAsItIs) {
  const torch::Tensor volume = Volume(1, 4, 3, 5);
  const torch::Tensor before = volume.clone();
  v1::Augment spec = Flip("y", 1);
  spec.mutable_shift()->set_max_voxels(2);
  for (int i = 0; i < 5; ++i) Augment(volume, spec, 1, i, "i");
  EXPECT_TRUE(torch::equal(volume, before));
}

TEST(AugmentTest, AShiftBeyondTheVolumeLeavesZeros) {
  const torch::Tensor volume = Volume(1, 2, 2, 3);
  int empty = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string item = absl::StrCat("item ", i);
    const torch::Tensor result = Augment(volume, Shift(10), 1, 0, item);
    EXPECT_TRUE(torch::equal(result, ShiftedBy(volume, OffsetOf(Shift(10), 1, 0, item))));
    empty += result.abs().sum().item<float>() == 0;
  }
  EXPECT_GT(empty, 10);
}

TEST(AugmentTest, ASliceIsNotShiftedThroughItsPlane) {
  const torch::Tensor slice = Volume(1, 4, 3, 1);
  for (int i = 0; i < 20; ++i) {
    const std::string item = absl::StrCat("item ", i);
    Offset offset = OffsetOf(Shift(2), 1, 0, item);
    offset[2] = 0;
    EXPECT_TRUE(torch::equal(Augment(slice, Shift(2), 1, 0, item), ShiftedBy(slice, offset)));
  }
}

TEST(AugmentTest, ShiftsAreUniformAlongEachAxis) {
  std::array<std::map<int, int>, 3> counts;
  constexpr int kDraws = 3500;
  for (int i = 0; i < kDraws; ++i) {
    const Offset offset = OffsetOf(Shift(3), 1, 0, absl::StrCat("item ", i));
    for (int axis = 0; axis < 3; ++axis) ++counts[axis][offset[axis]];
  }
  for (const auto& axis : counts) {
    double chi2 = 0;
    for (int offset = -3; offset <= 3; ++offset) {
      const double n = axis.contains(offset) ? axis.at(offset) : 0;
      chi2 += (n - kDraws / 7.0) * (n - kDraws / 7.0) / (kDraws / 7.0);
    }
    EXPECT_EQ(axis.size(), 7);
    // 6 degrees of freedom: above 22.5 once in a thousand seeds.
    EXPECT_LT(chi2, 22.5);
  }
}

TEST(AugmentTest, FlipsWithItsProbability) {
  constexpr int kDraws = 4000;
  for (const double probability : {0.0, 0.1, 0.5, 0.9, 1.0}) {
    int flips = 0;
    for (int i = 0; i < kDraws; ++i) {
      flips += Flipped(Flip("x", probability), 3, i % 7, absl::StrCat("item ", i));
    }
    const double sd = std::sqrt(kDraws * probability * (1 - probability));
    EXPECT_NEAR(flips, kDraws * probability, 4 * sd) << probability;
  }
}

TEST(AugmentTest, IsAFunctionOfSeedEpochAndItem) {
  // The order of the calls and torch's own generator have no say.
  v1::Augment spec = Flip("x", 0.5);
  spec.mutable_shift()->set_max_voxels(4);
  const torch::Tensor volume = Volume(1, 9, 9, 9);
  std::vector<torch::Tensor> forwards, backwards;
  torch::manual_seed(1);
  for (int i = 0; i < 20; ++i) {
    forwards.push_back(Augment(volume, spec, 1, i % 3, absl::StrCat("item ", i)));
  }
  torch::manual_seed(2);
  for (int i = 19; i >= 0; --i) {
    backwards.push_back(Augment(volume, spec, 1, i % 3, absl::StrCat("item ", i)));
  }
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(torch::equal(forwards[i], backwards[19 - i])) << i;
}

TEST(AugmentTest, AnotherSeedEpochOrItemIsAnotherDraw) {
  // 729 offsets: two that agree by chance are rare among so few.
  std::set<Offset> seen;
  for (const uint64_t seed : {1, 2, 3}) {
    for (const uint32_t epoch : {0, 1, 2}) {
      for (const char* item : {"a", "b", "c"}) {
        seen.insert(OffsetOf(Shift(4), seed, epoch, item));
      }
    }
  }
  EXPECT_GE(seen.size(), 24);
}

TEST(AugmentTest, OneSettingLeavesTheDrawsOfTheOthers) {
  for (int i = 0; i < 50; ++i) {
    const std::string item = absl::StrCat("item ", i);
    v1::Augment both = Flip("y", 0.5);
    both.mutable_shift()->set_max_voxels(4);
    // The flip of a point in the middle is no move.
    EXPECT_EQ(OffsetOf(both, 1, 0, item), OffsetOf(Shift(4), 1, 0, item));
    // A likelier flip flips what was flipped before, and more.
    if (Flipped(Flip("x", 0.3), 1, 0, item)) {
      EXPECT_TRUE(Flipped(Flip("x", 0.6), 1, 0, item));
    }
  }
}

TEST(AugmentTest, DrawsFromTheStreamOfTheItem) {
  // Pinned: other draws would be other results for the same experiment.
  for (int i = 0; i < 20; ++i) {
    const std::string item = absl::StrCat("cohort/s", i, "/1");
    RandomStream random(11, "augment/" + item, 5);
    EXPECT_EQ(Flipped(Flip("x", 0.5), 11, 5, item), random.NextUnit() < 0.5);
    Offset offset;
    for (int& o : offset) o = static_cast<int>(random.NextBelow(9)) - 4;
    EXPECT_EQ(OffsetOf(Shift(4), 11, 5, item), offset);
  }
}

}  // namespace
}  // namespace gyrus

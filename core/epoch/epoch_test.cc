#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/epoch/batches.h"
#include "core/epoch/order.h"
#include "core/epoch/tree.h"
#include "core/epoch/views.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;

std::string Add(std::string left, std::string right) { return "(" + left + "+" + right + ")"; }

// The definition, straight from DESIGN: split at the largest power of two below
// the size.
std::string ExpectedTree(uint32_t begin, uint32_t end) {
  if (end - begin == 1) return std::to_string(begin);
  uint32_t half = 1;
  while (half * 2 < end - begin) half *= 2;
  return Add(ExpectedTree(begin, begin + half), ExpectedTree(begin + half, end));
}

std::string SumOfLeaves(Range leaves) {
  TreeSum<std::string> tree;
  for (uint32_t i = leaves.begin; i < leaves.end; ++i) tree.Push(std::to_string(i), Add);
  return tree.Finish(Add).value_or("");
}

TEST(TreeSumTest, AddsAlongTheTreeOfTheDesign) {
  for (uint32_t n = 1; n <= 130; ++n) EXPECT_EQ(SumOfLeaves({0, n}), ExpectedTree(0, n)) << n;
}

TEST(TreeSumTest, NothingPushedIsNothingNotZero) {
  TreeSum<int> tree;
  EXPECT_FALSE(tree.Finish([](int a, int b) { return a + b; }).has_value());
}

TEST(TreeSumTest, StartsAnewAfterFinish) {
  TreeSum<std::string> tree;
  tree.Push("a", Add);
  tree.Push("b", Add);
  tree.Push("c", Add);
  EXPECT_EQ(tree.Finish(Add), "((a+b)+c)");
  tree.Push("d", Add);
  tree.Push("e", Add);
  EXPECT_EQ(tree.Finish(Add), "(d+e)");
}

// The promise of the same bits, in symbols: ranks sum their blocks, then the
// blocks are summed along the tree over ranks.
TEST(TreeSumTest, TheExpressionIsTheSameForEveryWorldSize) {
  for (uint32_t items = 1; items <= 40; ++items) {
    for (const uint32_t batch : {1, 2, 3, 4, 6, 8, 13, 16}) {
      for (uint32_t leaf = 1; leaf <= std::min(batch, 4u); ++leaf) {
        for (uint32_t world = 1; world <= 8; world *= 2) {
          const EpochBatches batches(items, batch, leaf, world);
          for (uint32_t b = 0; b < batches.batches(); ++b) {
            TreeSum<std::string> across;
            for (uint32_t rank = 0; rank < batches.ranks_in(b); ++rank) {
              across.Push(SumOfLeaves(batches.LeavesOf(b, rank)), Add);
            }
            ASSERT_EQ(across.Finish(Add), ExpectedTree(0, batches.leaves_in(b)))
                << items << " items, batch " << batch << ", leaf " << leaf << ", world " << world;
          }
        }
      }
    }
  }
}

TEST(EpochBatchesTest, EveryPositionHasOneOwner) {
  for (uint32_t items = 1; items <= 40; ++items) {
    for (const uint32_t batch : {1, 2, 3, 4, 6, 8, 13}) {
      for (uint32_t leaf = 1; leaf <= std::min(batch, 4u); ++leaf) {
        for (const uint32_t world : {1, 2, 4, 8}) {
          const EpochBatches batches(items, batch, leaf, world);
          std::vector<uint32_t> all;
          for (uint32_t rank = 0; rank < world; ++rank) {
            const auto mine = batches.PositionsOfRank(rank);
            ASSERT_TRUE(std::is_sorted(mine.begin(), mine.end()));
            all.insert(all.end(), mine.begin(), mine.end());
          }
          std::sort(all.begin(), all.end());
          std::vector<uint32_t> expected(items);
          std::iota(expected.begin(), expected.end(), 0u);
          ASSERT_EQ(all, expected) << items << " " << batch << " " << leaf << " " << world;
        }
      }
    }
  }
}

TEST(EpochBatchesTest, ABatchOfFourOverTwoRanks) {
  const EpochBatches batches(10, 4, 1, 2);
  EXPECT_EQ(batches.batches(), 3);
  EXPECT_THAT(batches.PositionsOfRank(0), ElementsAre(0, 1, 4, 5, 8, 9));
  EXPECT_THAT(batches.PositionsOfRank(1), ElementsAre(2, 3, 6, 7));
  EXPECT_EQ(batches.ranks_in(2), 1);  // The short batch fits into one block.
}

TEST(EpochBatchesTest, ItemsAreDealtInTurn) {
  EXPECT_THAT(ShardPositions(5, 1, 2, 0), ElementsAre(0, 2, 4));
  EXPECT_THAT(ShardPositions(5, 1, 2, 1), ElementsAre(1, 3));
  EXPECT_THAT(ShardPositions(1, 1, 2, 1), ElementsAre());
  EXPECT_THAT(ShardPositions(9, 2, 2, 0), ElementsAre(0, 1, 4, 5, 8));
  EXPECT_THAT(ShardPositions(9, 2, 2, 1), ElementsAre(2, 3, 6, 7));
  EXPECT_THAT(ShardPositions(3, 4, 2, 1), ElementsAre());
}

TEST(EpochOrderTest, IsAPermutationThatChangesWithSeedAndEpoch) {
  std::set<std::vector<uint32_t>> orders;
  for (uint64_t seed = 0; seed < 3; ++seed) {
    for (uint32_t epoch = 0; epoch < 5; ++epoch) {
      std::vector<uint32_t> order = EpochOrder(seed, epoch, 30);
      orders.insert(order);
      std::sort(order.begin(), order.end());
      for (uint32_t i = 0; i < 30; ++i) ASSERT_EQ(order[i], i);
    }
  }
  EXPECT_EQ(orders.size(), 15);
}

TEST(EpochOrderTest, StaysWhatItWas) {
  // Golden: another order would make every old checkpoint's resume wrong.
  EXPECT_THAT(EpochOrder(1, 0, 8), ElementsAre(0, 1, 6, 3, 4, 2, 7, 5));
}

TEST(ViewsTest, WithoutViewsEachSampleIsAnItem) {
  const v1::SliceViews none;
  EXPECT_EQ(ItemCount(7, none), 7);
  EXPECT_EQ(ViewAt(3, none), (View{.sample = 3, .slice = std::nullopt}));
  EXPECT_EQ(ItemName("c/s/1", ViewAt(3, none), none), "c/s/1");
}

TEST(ViewsTest, EverySliceOfEverySampleIsOneItem) {
  v1::SliceViews views;
  views.set_axis(2);
  views.set_first(17);
  views.set_count(40);
  ASSERT_EQ(ItemCount(3, views), 120);
  EXPECT_TRUE(RecordsItemsSeen(10'000));
  EXPECT_FALSE(RecordsItemsSeen(10'001));
  std::set<std::string> names;
  for (uint32_t item = 0; item < 120; ++item) {
    const View view = ViewAt(item, views);
    names.insert(ItemName(absl::StrCat("c/s", view.sample, "/1"), view, views));
  }
  EXPECT_EQ(names.size(), 120);
  EXPECT_TRUE(names.contains("c/s0/1/z17"));
  EXPECT_TRUE(names.contains("c/s2/1/z56"));
}

}  // namespace
}  // namespace gyrus

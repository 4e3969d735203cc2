#include "core/epoch/item_sequence.h"

#include <set>

#include "core/epoch/order.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

v1::SliceViews Slices(uint32_t axis, uint32_t first, uint32_t count) {
  v1::SliceViews views;
  views.set_axis(axis);
  views.set_first(first);
  views.set_count(count);
  return views;
}

TEST(ItemSequenceTest, NoPassHasNoItems) { EXPECT_EQ(ItemSequence().size(), 0); }

TEST(ItemSequenceTest, OutsideOfTrainingSamplesKeepTheirOrder) {
  const ItemSequence items = ItemSequence::InOrder(3);
  ASSERT_EQ(items.size(), 3);
  for (uint32_t position = 0; position < 3; ++position) {
    EXPECT_EQ(items.At(position), (View{.sample = position, .slice = std::nullopt}));
  }
  EXPECT_EQ(items.NameOf(items.At(1), "a/b/1"), "a/b/1");
}

TEST(ItemSequenceTest, TrainingFollowsTheOrderOfItsSeedAndEpoch) {
  const auto order = EpochOrder(7, 2, 5);
  const ItemSequence items = ItemSequence::Training(7, 2, 5, {});
  ASSERT_EQ(items.size(), 5);
  for (uint32_t position = 0; position < 5; ++position) {
    EXPECT_EQ(items.At(position), (View{.sample = order[position], .slice = std::nullopt}));
  }
}

TEST(ItemSequenceTest, EverySliceOfEverySampleIsThereOnce) {
  const v1::SliceViews views = Slices(2, 10, 4);
  const ItemSequence items = ItemSequence::Training(7, 0, 6, views);
  ASSERT_EQ(items.size(), 24);
  std::set<std::string> names;
  for (uint32_t position = 0; position < items.size(); ++position) {
    const View view = items.At(position);
    ASSERT_TRUE(view.slice.has_value());
    EXPECT_LT(view.sample, 6);
    EXPECT_GE(*view.slice, 10);
    EXPECT_LT(*view.slice, 14);
    names.insert(items.NameOf(view, std::to_string(view.sample)));
  }
  EXPECT_EQ(names.size(), 24);
  EXPECT_EQ(names.count("5/z13"), 1);
}

TEST(ItemSequenceTest, AnOrderThatIsAtHandGivesTheSame) {
  const v1::SliceViews views = Slices(0, 1, 3);
  const auto order = std::make_shared<const std::vector<uint32_t>>(EpochOrder(1, 9, 12));
  const ItemSequence kept = ItemSequence::Training(order, views);
  const ItemSequence made = ItemSequence::Training(1, 9, 4, views);
  ASSERT_EQ(kept.size(), made.size());
  for (uint32_t position = 0; position < made.size(); ++position) {
    EXPECT_EQ(kept.At(position), made.At(position));
  }
}

}  // namespace
}  // namespace gyrus

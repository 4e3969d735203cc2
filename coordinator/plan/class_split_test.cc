#include "coordinator/plan/class_split.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

// Groups of one sample each: so many of each class.
std::vector<ClassCounts> Singles(const std::vector<uint32_t>& of_classes) {
  std::vector<ClassCounts> groups;
  for (size_t c = 0; c < of_classes.size(); ++c) {
    for (uint32_t i = 0; i < of_classes[c]; ++i) {
      groups.emplace_back(of_classes.size());
      groups.back()[c] = 1;
    }
  }
  return groups;
}

// [fold][class]
std::vector<ClassCounts> Tested(uint32_t k, const std::vector<ClassCounts>& groups,
                                const std::vector<uint32_t>& fold_of) {
  std::vector<ClassCounts> tested(k, ClassCounts(groups[0].size()));
  for (size_t g = 0; g < groups.size(); ++g) {
    for (size_t c = 0; c < groups[g].size(); ++c) tested[fold_of[g]][c] += groups[g][c];
  }
  return tested;
}

uint32_t Sum(const ClassCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0u);
}

TEST(ClassSplitTest, EachFoldTestsItsShareOfEachClass) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomStream random(seed, "class_split_test");
    const uint32_t k = 2 + random.NextBelow(6);
    std::vector<uint32_t> of_classes(2 + random.NextBelow(4));
    for (uint32_t& count : of_classes) count = 1 + random.NextBelow(30);
    const auto groups = Singles(of_classes);
    if (groups.size() < k) continue;
    const auto tested =
        Tested(k, groups, AssignFoldsByClass(k, groups, RandomStream(seed, "split")));
    uint32_t smallest = UINT32_MAX, largest = 0;
    for (const ClassCounts& fold : tested) {
      for (size_t c = 0; c < of_classes.size(); ++c) {
        EXPECT_GE(fold[c], of_classes[c] / k);
        EXPECT_LE(fold[c], (of_classes[c] + k - 1) / k);
      }
      smallest = std::min(smallest, Sum(fold));
      largest = std::max(largest, Sum(fold));
    }
    EXPECT_LE(largest - smallest, 1u);
  }
}

TEST(ClassSplitTest, FamiliesOfSeveralClassesLeaveNoFoldWithoutAClass) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomStream random(seed, "class_split_test/families");
    const uint32_t k = 2 + random.NextBelow(4);
    std::vector<ClassCounts> groups;
    for (uint32_t g = 0; g < 3 * k + random.NextBelow(20); ++g) {
      groups.emplace_back(3);
      for (uint32_t i = 0; i <= random.NextBelow(3); ++i) {
        const uint32_t draw = random.NextBelow(10);
        ++groups.back()[draw < 6 ? 0 : draw < 9 ? 1 : 2];
      }
    }
    const auto tested =
        Tested(k, groups, AssignFoldsByClass(k, groups, RandomStream(seed, "split")));
    for (size_t c = 0; c < 3; ++c) {
      const auto having = std::count_if(groups.begin(), groups.end(),
                                        [&](const ClassCounts& group) { return group[c] > 0; });
      if (having < k) continue;
      for (const ClassCounts& fold : tested) EXPECT_GT(fold[c], 0u) << "class " << c;
    }
  }
}

TEST(ClassSplitTest, GroupsOfNoClassAreDealtToo) {
  const std::vector<ClassCounts> groups(7, ClassCounts{0, 0});
  const auto fold_of = AssignFoldsByClass(3, groups, RandomStream(1, "split"));
  for (uint32_t f = 0; f < 3; ++f) {
    EXPECT_GE(std::count(fold_of.begin(), fold_of.end(), f), 2);
  }
}

TEST(ClassSplitTest, IsDrawnByLot) {
  const auto groups = Singles({20, 20});
  std::set<std::vector<uint32_t>> assignments, draws;
  std::vector<uint32_t> rest(groups.size());
  std::iota(rest.begin(), rest.end(), 0);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    assignments.insert(AssignFoldsByClass(4, groups, RandomStream(seed, "split")));
    draws.insert(DrawByClass(rest, 8, groups, RandomStream(seed, "split/validation")));
  }
  EXPECT_EQ(assignments.size(), 20);
  EXPECT_EQ(draws.size(), 20);
  EXPECT_EQ(AssignFoldsByClass(4, groups, RandomStream(3, "split")),
            AssignFoldsByClass(4, groups, RandomStream(3, "split")));
}

ClassCounts DrawnOf(const std::vector<ClassCounts>& groups, uint64_t count, uint64_t seed) {
  std::vector<uint32_t> rest(groups.size());
  std::iota(rest.begin(), rest.end(), 0);
  const auto drawn = DrawByClass(rest, count, groups, RandomStream(seed, "split/validation"));
  EXPECT_EQ(drawn.size(), count);
  EXPECT_EQ(std::set<uint32_t>(drawn.begin(), drawn.end()).size(), count);
  ClassCounts of_class(groups[0].size());
  for (const uint32_t g : drawn) {
    for (size_t c = 0; c < of_class.size(); ++c) of_class[c] += groups[g][c];
  }
  return of_class;
}

TEST(ClassSplitTest, ValidationHasItsShareOfEachClass) {
  using testing::ElementsAre;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_THAT(DrawnOf(Singles({22, 4}), 5, seed), ElementsAre(4, 1));
    EXPECT_THAT(DrawnOf(Singles({50, 2}), 5, seed), ElementsAre(4, 1)) << "one of the rare class";
    EXPECT_THAT(DrawnOf(Singles({50, 1}), 5, seed), ElementsAre(5, 0)) << "training needs it";
    EXPECT_THAT(DrawnOf(Singles({10, 10}), 1, seed), testing::AnyOf(ElementsAre(1, 0)));
    EXPECT_THAT(DrawnOf(Singles({3, 3}), 5, seed), testing::Contains(3)) << "all but one";
    EXPECT_THAT(DrawnOf(Singles({1, 1, 1}), 2, seed), testing::Contains(0));
  }
}

}  // namespace
}  // namespace gyrus

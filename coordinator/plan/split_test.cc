#include "coordinator/plan/split.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "common/random.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

std::vector<Group> Singles(uint32_t count) {
  std::vector<Group> groups;
  for (uint32_t i = 0; i < count; ++i) groups.push_back({i});
  return groups;
}

v1::Split MakeSplit(uint32_t k, uint32_t repeats, double fraction, uint64_t seed) {
  v1::Split split = MakeSpec(k, repeats).split();
  split.mutable_validation()->set_fraction(fraction);
  split.set_seed(seed);
  return split;
}

std::vector<v1::Fold> MustSplit(const v1::Split& split, const std::vector<Group>& groups,
                                const std::vector<double>& strata) {
  const auto folds = SplitGroups(split, groups, Strata{strata, {}});
  EXPECT_TRUE(folds.ok()) << folds.status();
  return *folds;
}

std::string Text(const std::vector<v1::Fold>& folds) {
  std::string text;
  for (const v1::Fold& fold : folds) text += fold.ShortDebugString() + "\n";
  return text;
}

// Positions in the order of strata, cut into runs: each run gives every fold
// one group, and validation gets one a run.
TEST(SplitTest, FoldsShareTheDistribution) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomStream random(seed, "split_test");
    const uint32_t k = 2 + random.NextBelow(6);
    const uint32_t count = 2 * k + random.NextBelow(40);
    std::vector<double> strata;
    for (uint32_t i = 0; i < count; ++i) strata.push_back(random.NextUnit());
    std::vector<uint32_t> rank_of(count);
    for (uint32_t i = 0; i < count; ++i) {
      rank_of[i] = static_cast<uint32_t>(
          std::count_if(strata.begin(), strata.end(), [&](double s) { return s < strata[i]; }));
    }
    for (const v1::Fold& fold : MustSplit(MakeSplit(k, 2, 0, seed), Singles(count), strata)) {
      std::set<uint32_t> runs;
      for (const uint32_t i : fold.test()) {
        EXPECT_TRUE(runs.insert(rank_of[i] / k).second) << "two of one run in a fold";
      }
      EXPECT_GE(fold.test_size(), static_cast<int>(count / k));
      EXPECT_LE(fold.test_size(), static_cast<int>((count + k - 1) / k));
      EXPECT_EQ(fold.train_size() + fold.test_size(), static_cast<int>(count));
    }
  }
}

TEST(SplitTest, ValidationIsSpreadOverTheDistribution) {
  std::vector<double> strata;
  for (int i = 0; i < 60; ++i) strata.push_back(i);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    for (const v1::Fold& fold : MustSplit(MakeSplit(3, 1, 0.2, seed), Singles(60), strata)) {
      ASSERT_EQ(fold.validation_size(), 8);  // A fifth of the 40 that are not tested.
      std::vector<uint32_t> rest(fold.train().begin(), fold.train().end());
      rest.insert(rest.end(), fold.validation().begin(), fold.validation().end());
      std::sort(rest.begin(), rest.end());
      for (int i = 0; i < 8; ++i) {
        EXPECT_GE(fold.validation(i), rest[i * 5]);
        EXPECT_LE(fold.validation(i), rest[i * 5 + 4]);
      }
    }
  }
}

TEST(SplitTest, ValidationIsRoundedToTheNearestButNeverToNothing) {
  const std::vector<double> strata(12);
  const auto size = [&](double fraction) {
    return MustSplit(MakeSplit(3, 1, fraction, 1), Singles(12), strata)[0].validation_size();
  };
  EXPECT_EQ(size(0), 0);
  EXPECT_EQ(size(0.01), 1);
  EXPECT_EQ(size(0.18), 1);  // 1.44 of 8
  EXPECT_EQ(size(0.19), 2);  // 1.52
  EXPECT_EQ(size(0.85), 7);  // 6.8
}

TEST(SplitTest, ValidationIsDrawnAnewForEachFoldAndRepeat) {
  const std::vector<double> strata(40);
  const auto folds = MustSplit(MakeSplit(2, 2, 0.3, 1), Singles(40), strata);
  std::set<std::string> drawn;
  for (const v1::Fold& fold : folds) {
    v1::Fold only;
    *only.mutable_validation() = fold.validation();
    drawn.insert(only.ShortDebugString());
  }
  EXPECT_EQ(drawn.size(), folds.size());
}

TEST(SplitTest, NumbersFoldsAndRepeatsFromZero) {
  const auto folds = MustSplit(MakeSplit(2, 2, 0, 1), Singles(4), {1, 2, 3, 4});
  ASSERT_EQ(folds.size(), 4);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(folds[i].repeat(), i / 2);
    EXPECT_EQ(folds[i].fold(), i % 2);
    EXPECT_TRUE(std::is_sorted(folds[i].train().begin(), folds[i].train().end()));
  }
}

TEST(SplitTest, IsAFunctionOfItsSeed) {
  const std::vector<double> strata(30);
  const auto split = [&](uint64_t seed, double fraction) {
    return Text(MustSplit(MakeSplit(3, 2, fraction, seed), Singles(30), strata));
  };
  EXPECT_EQ(split(1, 0.2), split(1, 0.2));
  EXPECT_NE(split(1, 0), split(2, 0));
  const auto folds = MustSplit(MakeSplit(3, 2, 0, 1), Singles(30), strata);
  EXPECT_NE(folds[0].ShortDebugString(), folds[3].ShortDebugString()) << "repeats are alike";
}

// A stratum that most groups share must not send them to folds in file order.
TEST(SplitTest, EqualStrataAreBrokenByLot) {
  const auto folds = MustSplit(MakeSplit(2, 1, 0, 1), Singles(40), std::vector<double>(40));
  int pairs = 0;  // Neighbours in the file that are in different folds.
  const std::set<uint32_t> test(folds[0].test().begin(), folds[0].test().end());
  for (uint32_t i = 0; i < 40; i += 2) pairs += test.contains(i) != test.contains(i + 1);
  EXPECT_LT(pairs, 20);
}

TEST(SplitTest, KeepsTheSamplesOfAGroupOnOneSide) {
  const std::vector<Group> groups = {{0, 4}, {1}, {2, 3}, {5, 6}};
  for (const v1::Fold& fold : MustSplit(MakeSplit(2, 3, 0.5, 3), groups, {0, 1, 2, 3})) {
    for (const Group& group : groups) {
      for (const auto* part : {&fold.train(), &fold.validation(), &fold.test()}) {
        const auto inside = std::count_if(group.begin(), group.end(), [&](uint32_t i) {
          return std::find(part->begin(), part->end(), i) != part->end();
        });
        EXPECT_TRUE(inside == 0 || inside == static_cast<int>(group.size()));
      }
    }
  }
}

// 27 controls and 5 patients, as a study has them.
TEST(SplitTest, EachPartOfEachFoldHasMembersOfEachClass) {
  Strata strata;
  for (int i = 0; i < 32; ++i) {
    strata.classes.push_back(i < 27 ? ClassCounts{1, 0} : ClassCounts{0, 1});
  }
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const auto folds = SplitGroups(MakeSplit(5, 1, 0.2, seed), Singles(32), strata);
    ASSERT_TRUE(folds.ok()) << folds.status();
    for (const v1::Fold& fold : *folds) {
      for (const auto* part : {&fold.train(), &fold.validation(), &fold.test()}) {
        EXPECT_GE(std::count_if(part->begin(), part->end(), [](uint32_t i) { return i >= 27; }), 1)
            << "seed " << seed;
        EXPECT_GE(std::count_if(part->begin(), part->end(), [](uint32_t i) { return i < 27; }), 1);
      }
    }
  }
}

TEST(SplitTest, WhatCannotBeSplitIsRefused) {
  const auto refused = [](uint32_t k, double fraction, uint32_t groups) {
    const auto folds = SplitGroups(MakeSplit(k, 1, fraction, 1), Singles(groups),
                                   Strata{std::vector<double>(groups), {}});
    if (folds.ok()) return std::string();
    EXPECT_EQ(folds.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(folds.status().message());
  };
  EXPECT_THAT(refused(5, 0, 4), testing::HasSubstr("5 folds cannot be made of 4 groups"));
  EXPECT_THAT(refused(1, 0, 4), testing::HasSubstr("k is 1"));
  EXPECT_THAT(refused(2, 0.9, 4), testing::HasSubstr("leaves none to train on"));
  EXPECT_THAT(refused(2, 0.2, 2), testing::HasSubstr("leaves none to train on"));
  EXPECT_THAT(refused(2, 0.8, 5), testing::HasSubstr("leaves none to train on"));
  EXPECT_THAT(refused(2, NAN, 9), testing::HasSubstr("leaves none to train on"));
  EXPECT_EQ(refused(2, 0, 2), "");
  EXPECT_EQ(refused(4, 0.2, 4), "");
}

}  // namespace
}  // namespace gyrus

#include "core/evaluate/group_tables.h"

#include "core/evaluate/testing/evaluate_fixture.h"
#include "core/statistics/moments.h"
#include "core/statistics/testing/golden_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

// Subjects of the ages 0, 1, 2 and 5, the last of two visits, tested in two
// repeats; of another the age is not known, another is too old.
class GroupTablesTest : public testing::Test {
 protected:
  GroupTablesTest() {
    Test("s0", "1", 0, "north", 1, 3);
    Test("s1", "1", 1, "north", 2, 2);
    Test("s2", "1", 2, "south", 5, 7);
    Test("s5", "1", 5, "south", 1, 1);
    Test("s5", "2", 6, "south", 4, 6);
    Test("s9", "1", 9, "", 10, 10);
    samples_.Add("unknown").set_site("south");
    for (TestedFold& fold : arm_.folds) {
      v1::Prediction& p = fold.predictions.emplace_back();
      p.set_item("c/unknown/1");
      p.set_prediction(3);
    }
  }

  void Test(const std::string& subject, const std::string& visit, double age,
            const std::string& site, double error, double error_again) {
    v1::Sample& sample = samples_.Add(subject, visit);
    (*sample.mutable_numbers())["age"] = age;
    (*sample.mutable_texts())["scanner"] = site;
    sample.set_site(site);
    arm_.folds.resize(2);
    arm_.folds[1].repeat = 1;
    arm_.folds[0].predictions.push_back(MakePrediction(sample.id(), age, age + error));
    arm_.folds[1].predictions.push_back(MakePrediction(sample.id(), age, age - error_again));
  }

  v1::GroupTable MustTable(const std::vector<double>& edges) {
    v1::NumberGroups groups;
    groups.set_by("age");
    groups.mutable_edges()->Assign(edges.begin(), edges.end());
    const auto table = ErrorsByNumber(arm_, groups, samples_.ById());
    EXPECT_TRUE(table.ok()) << table.status();
    return *table;
  }

  SampleSet samples_;
  TestedArm arm_{.name = "arm", .task = NumberTask()};
};

TEST_F(GroupTablesTest, ASubjectCountsOnceInAGroup) {
  const v1::GroupTable table = MustTable({0, 2, 4, 6});
  EXPECT_EQ(table.by(), "age");
  EXPECT_EQ(table.arm(), "arm");
  ASSERT_EQ(table.groups_size(), 3);
  EXPECT_EQ(table.groups(0).name(), "[0, 2)");
  EXPECT_EQ(table.groups(0).n(), 2);
  EXPECT_DOUBLE_EQ(table.groups(0).mae().value(), 2);  // The mean of (1 + 3) / 2 and 2.
  EXPECT_EQ(table.groups(2).name(), "[4, 6]");
  EXPECT_EQ(table.groups(2).n(), 1);
  EXPECT_DOUBLE_EQ(table.groups(2).mae().value(), 3);  // The mean of 1, 1, 4 and 6.
}

TEST_F(GroupTablesTest, TheRowOfAllIsOverSubjectsAndNotOverGroups) {
  const v1::GroupTable table = MustTable({0, 2, 4, 6});
  EXPECT_EQ(table.all().n(), 4);
  EXPECT_DOUBLE_EQ(table.all().mae().value(), (2 + 2 + 6 + 3) / 4.0);
  const auto interval = MeanInterval(Doubles{2, 2, 6, 3});
  EXPECT_DOUBLE_EQ(table.all().mae().lower(), interval->lower);
  EXPECT_DOUBLE_EQ(table.all().mae().upper(), interval->upper);
}

TEST_F(GroupTablesTest, IntervalsAreOfTOverSubjects) {
  TestedArm golden{.name = "arm", .task = NumberTask()};
  SampleSet samples;
  TestedFold& fold = golden.folds.emplace_back();
  for (size_t i = 0; i < kA.size(); ++i) {
    v1::Sample& sample = samples.Add(absl::StrCat(i));
    sample.set_site("here");
    fold.predictions.push_back(MakePrediction(sample.id(), 0, kA[i]));
  }
  const auto table = ErrorsByText(golden, "site", samples.ById());
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_GOLDEN(table->groups(0).mae().value(), 4.58333333333);
  EXPECT_GOLDEN(table->groups(0).mae().lower(), 3.52090466345);
  EXPECT_GOLDEN(table->groups(0).mae().upper(), 5.64576200322);
}

TEST_F(GroupTablesTest, AnEmptyGroupIsUndefinedAndStays) {
  const v1::GroupTable table = MustTable({0, 3, 4, 6});
  ASSERT_EQ(table.groups_size(), 3);
  EXPECT_EQ(table.groups(1).n(), 0);
  EXPECT_FALSE(table.groups(1).mae().has_value());
  EXPECT_EQ(table.groups(1).mae().reason(), "no subject is in it");
  EXPECT_TRUE(table.groups(2).mae().has_value());
  EXPECT_FALSE(table.groups(2).mae().has_lower());
  EXPECT_EQ(table.groups(2).mae().reason(), "one subject has no interval");
}

TEST_F(GroupTablesTest, WhatIsInNoGroupIsCounted) {
  EXPECT_EQ(MustTable({0, 2, 4, 6}).outside(), 1);
  EXPECT_EQ(MustTable({0, 2}).outside(), 3);
  EXPECT_EQ(MustTable({0, 2}).without_target(), 1);
  EXPECT_EQ(MustTable({20, 21}).all().n(), 0);
  EXPECT_FALSE(MustTable({20, 21}).all().mae().has_value());
}

TEST_F(GroupTablesTest, SitesAreInTheOrderOfTheirNames) {
  for (const char* column : {"site", "scanner"}) {
    const auto table = ErrorsByText(arm_, column, samples_.ById());
    ASSERT_TRUE(table.ok()) << table.status();
    EXPECT_EQ(table->by(), column);
    ASSERT_EQ(table->groups_size(), 2);
    EXPECT_EQ(table->groups(0).name(), "north");
    EXPECT_DOUBLE_EQ(table->groups(0).mae().value(), 2);
    EXPECT_EQ(table->groups(1).name(), "south");
    EXPECT_EQ(table->groups(1).n(), 2);
    EXPECT_DOUBLE_EQ(table->groups(1).mae().value(), 4.5);
    EXPECT_EQ(table->outside(), 1);
  }
}

TEST_F(GroupTablesTest, MisuseIsRefused) {
  v1::NumberGroups groups;
  groups.set_by("age");
  groups.add_edges(1);
  EXPECT_THAT(ErrorsByNumber(arm_, groups, samples_.ById()), IsMisuse("two edges"));
  EXPECT_TRUE(absl::IsInternal(ErrorsByText(arm_, "site", {}).status()));
}

}  // namespace
}  // namespace gyrus

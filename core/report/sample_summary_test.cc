#include "core/report/sample_summary.h"

#include "core/report/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

TEST(SampleSummaryTest, ANumberHasItsRangeMeanAndSd) {
  const NumberSummary summary = SummaryOfNumbers({1, 2, 3, 6});
  EXPECT_EQ(summary.n, 4);
  EXPECT_EQ(summary.least, 1);
  EXPECT_EQ(summary.most, 6);
  EXPECT_EQ(summary.mean, 3);
  EXPECT_DOUBLE_EQ(*summary.sd, 2.1602468994692869);
  EXPECT_EQ(SummaryCell(summary), "3 +- 2.16 [1, 6]");
  EXPECT_EQ(SummaryCell(SummaryOfNumbers({4})), "4");
  EXPECT_EQ(SummaryCell(SummaryOfNumbers({})), "n/a");
}

TEST(SampleSummaryTest, TargetsAreTakenByCohort) {
  v1::Plan plan = MakeReportedPlan();
  for (int i = 0; i < 3; ++i) {
    v1::Sample& sample = *plan.mutable_samples(i);
    sample.set_id("clinic" + sample.id().substr(sample.id().find('/')));
  }
  v1::Sample& outside = *plan.add_external();
  outside.set_id("abroad/x/1");
  (*outside.mutable_numbers())["age"] = 50;
  const std::vector<CohortTargets> cohorts = TargetsByCohort(plan, plan.arms(0).task());
  ASSERT_EQ(cohorts.size(), 3);
  EXPECT_EQ(cohorts[0].cohort, "clinic");
  EXPECT_EQ(cohorts[0].targets.n, 3);
  EXPECT_EQ(cohorts[0].targets.mean, 1);
  EXPECT_EQ(cohorts[1].cohort, "infants");
  EXPECT_EQ(cohorts[1].targets.least, 3);
  EXPECT_EQ(cohorts[2].cohort, "abroad");
  EXPECT_TRUE(cohorts[2].external);
  EXPECT_EQ(cohorts[2].targets.mean, 50);
}

TEST(SampleSummaryTest, PeopleAreTakenBySite) {
  v1::Plan plan = MakeReportedPlan();
  EXPECT_FALSE(DescribesPeople(plan));
  EXPECT_EQ(PeopleTable(plan), "");
  for (int i = 0; i < 8; ++i) {
    plan.mutable_samples(i)->set_site(i < 5 ? "Lyon" : "Oslo");
    (*plan.mutable_samples(i)->mutable_texts())["Sex"] = i < 3 ? "F" : i == 3 ? "n/a" : "M";
  }
  plan.mutable_samples(2)->set_subject_key("infants/s0");
  const std::vector<SitePeople> people = PeopleBySite(plan, plan.folds(0).test());
  ASSERT_EQ(people.size(), 2);
  EXPECT_EQ(people[0].site, "Lyon");
  EXPECT_EQ(people[0].samples, 3);  // 0, 2 and 4.
  EXPECT_EQ(people[0].subjects, 2);
  EXPECT_EQ(people[0].age.mean, 2);
  EXPECT_EQ(people[0].sexes.at("F"), 2);
  EXPECT_EQ(people[0].sexes.at("M"), 1);
  EXPECT_EQ(people[1].age.n, 1);
  EXPECT_EQ(PeopleTable(plan), R"(people by fold and site; age: mean +- SD [range]
  tested in  site  subjects  samples                age                  sex
  all        Lyon         4        5  2 +- 1.581 [0, 4]  F 3, M 1, missing 1
  all        Oslo         3        3      6 +- 1 [5, 7]                  M 3
  r0/f0      Lyon         2        3      2 +- 2 [0, 4]             F 2, M 1
  r0/f0      Oslo         1        1                  6                  M 1
  r0/f1      Lyon         2        2  2 +- 1.414 [1, 3]       F 1, missing 1
  r0/f1      Oslo         2        2  6 +- 1.414 [5, 7]                  M 2
)");
}

TEST(SampleSummaryTest, ManyFoldsAreLeftToJson) {
  v1::Plan plan = MakeReportedPlan();
  for (v1::Sample& sample : *plan.mutable_samples()) sample.set_site("Lyon");
  for (int i = 0; i < 60; ++i) *plan.add_folds() = plan.folds(0);
  const std::string table = PeopleTable(plan);
  EXPECT_THAT(table, HasSubstr("all        Lyon"));
  EXPECT_THAT(table, testing::Not(HasSubstr("r0/f0")));
  EXPECT_THAT(table, HasSubstr("--json has them"));
}

}  // namespace
}  // namespace gyrus
